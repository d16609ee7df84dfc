/**
 * Locks of the kernel, fcntl(2) and flock(2), which Node.js has no call for: a small program of Perl's holds
 * them as long as its stdin is open. So they end with this process, however it ends, and not before: signals
 * that end all of a service or of a terminal's programs at once are ignored. On NFS Linux makes both kinds
 * locks of the server.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { errnoOf, exit, Failure } from "./errors.ts";
import { oneLine } from "./log.ts";

/** The program that holds them. */
export const holder = "/usr/bin/perl";

const PROGRAM = String.raw`
use strict; use Fcntl qw(:DEFAULT :flock :seek);
$SIG{$_} = "IGNORE" for qw(INT TERM HUP);
my ($file, $kind, $seconds) = @ARGV;
sysopen(my $fh, $file, O_RDWR | O_CREAT, 0640) or die "$!\n";
my $whole = pack("s! s! x![q] q q i x![q]", F_WRLCK, SEEK_SET, 0, 0, 0);
for (my $tries = $seconds * 20; ; $tries--) {
  last if $kind eq "flock" ? flock($fh, LOCK_EX | LOCK_NB) : fcntl($fh, F_SETLK, $whole);
  die "$!\n" unless $!{EAGAIN} || $!{EACCES} || $!{EWOULDBLOCK};
  die "somebody else has locked it\n" if $tries <= 0;
  select(undef, undef, undef, 0.05);
}
$| = 1; print "held\n"; 1 while sysread(STDIN, my $rest, 4096);
`;

/**
 * Does something while a file is locked; makes the file where it is missing.
 * @param patience seconds to wait for the lock
 * Throws a Failure (try later) where it cannot be had, or was lost meanwhile; in any case not before `act`
 * has ended, so that who tries again finds nothing under way.
 */
export async function withKernelLock<T>(
  file: string,
  kind: "fcntl" | "flock",
  act: () => Promise<T>,
  patience = 10,
): Promise<T> {
  const args = ["-e", PROGRAM, file, kind, String(patience)];
  const child = spawn(holder, args, {
    cwd: "/",
    env: { LC_ALL: "C" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // Where it cannot be started for lack of descriptors it has no streams.
  const closed = once(child, "close");
  closed.catch(() => {});
  let said = "";
  child.stderr?.on("data", (data) => {
    said = `${said}${data}`.slice(0, 500);
  });
  child.stdin?.on("error", () => {});
  try {
    const held = child.stdout ? once(child.stdout, "data") : closed;
    held.catch(() => {});
    const first = await Promise.race([held.then(() => "held"), closed]);
    if (first !== "held")
      throw new Failure(exit.tryLater, `${file}: ${oneLine(said, 300)}`);
    const done = await act();
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Failure(
        exit.tryLater,
        `${file}: its lock was lost: the Perl program that held it was ended`,
      );
    return done;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" && child.pid === undefined)
      throw new Failure(
        exit.tryLater,
        `Perl, which locks files here, is not installed (${holder})`,
      );
    throw error;
  } finally {
    child.stdin?.end();
    await closed.catch(() => {});
  }
}
