/**
 * A file system in memory as the model's spool: folders, files, hard links and open files, with the
 * error codes of Linux. What changes is replaced, never changed in place, so that a clone costs one
 * copy of a table. A file's content is text whose characters are its bytes.
 */

import { Journal, type Tree } from "./journal.ts";

/** A system call as data. */
export type Operation = readonly [call: string, ...args: (string | number)[]];

/** What a system call says. */
export type Answer =
  | { readonly ok: Value }
  | { readonly error: string; readonly path: string };

export type Value = undefined | boolean | number | string | readonly string[];

interface Folder {
  readonly names: ReadonlyMap<string, number>;
}
interface File {
  readonly data: string;
}
type Inode = Folder | File;

interface Handle {
  readonly inode: number;
  readonly position: number;
}

const ROOT = 1;

/** Thrown here by the thousand, so no Error with its stack. */
class Refused {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}

export class Files {
  #inodes = new Map<number, Inode>([[ROOT, { names: new Map() }]]);
  #handles = new Map<string, Handle>();
  #next = ROOT + 1;
  /** What is on disk; undefined where the power never fails. */
  #journal: Journal | undefined;
  /** Files whose content is on disk. */
  #synced = new Set<number>();

  clone(): Files {
    const copy = new Files();
    copy.#inodes = new Map(this.#inodes);
    copy.#handles = new Map(this.#handles);
    copy.#next = this.#next;
    copy.#journal = this.#journal;
    copy.#synced = this.#journal ? new Set(this.#synced) : copy.#synced;
    return copy;
  }

  /** From now on it is known what is on disk; all that there is, is. */
  beginJournal(): void {
    const disk = new Map<number, ReadonlyMap<string, number>>();
    for (const [inode, found] of this.#inodes)
      if ("names" in found) disk.set(inode, found.names);
      else this.#synced.add(inode);
    this.#journal = new Journal(disk);
  }

  /** What may be found when the power comes back: content that was not synced is empty, or there. */
  afterPowerFailure(): Files[] {
    const trees = this.#journal?.survivors() ?? [];
    const found = trees.flatMap((tree) =>
      [true, false].map((isEmpty) => this.#found(tree, isEmpty)),
    );
    return [...new Map(found.map((files) => [files.key(), files])).values()];
  }

  #found(tree: Tree, isEmpty: boolean): Files {
    const files = new Files();
    files.#next = this.#next;
    const visit = (inode: number) => {
      const there = this.#inodes.get(inode) as Inode;
      if ("data" in there) {
        const isLost = isEmpty && !this.#synced.has(inode);
        files.#inodes.set(inode, isLost ? { data: "" } : there);
        return;
      }
      const names = tree.get(inode) ?? new Map<string, number>();
      files.#inodes.set(inode, { names });
      for (const below of names.values()) visit(below);
    };
    visit(ROOT);
    return files;
  }

  /** Does one system call. @param who whose open files it means */
  apply(who: string, [call, ...args]: Operation): Answer {
    const path = String(args[0]);
    try {
      return { ok: this.#call(who, call, args as string[]) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { error: error.code, path };
    }
  }

  #call(who: string, call: string, args: readonly string[]): Value {
    const [path = "", second = ""] = args;
    switch (call) {
      case "mkdir":
        return this.#mkdir(path);
      case "rmdir":
        return this.#rmdir(path);
      case "unlink":
        return this.#unlink(...this.#place(path));
      case "rename":
        return this.#rename(path, second);
      case "link":
        return this.#link(path, second);
      case "list":
        return this.#list(this.#find(path));
      case "lstat":
        return this.#stat(this.#find(path));
      case "read":
        return this.#fileAt(this.#find(path)).data;
      case "utimes":
        this.#find(path);
        return undefined;
      case "open":
        return this.#open(who, path, second);
      default:
        return this.#onHandle(`${who} ${path}`, call, args);
    }
  }

  #onHandle(key: string, call: string, args: readonly string[]): Value {
    const handle = this.#handles.get(key);
    if (!handle) throw new Refused("EBADF");
    const [, second = "", third = ""] = args;
    switch (call) {
      case "close":
        this.#handles.delete(key);
        this.#forget(handle.inode);
        return undefined;
      case "fsync":
        this.#sync(handle.inode);
        return undefined;
      case "fstat":
        return this.#stat(handle.inode);
      case "write":
        return this.#write(key, handle, second);
      case "pread": {
        const at = Number(third);
        return this.#fileAt(handle.inode).data.slice(at, at + Number(second));
      }
      case "listAt":
        return this.#list(handle.inode);
      case "unlinkAt":
        return this.#unlink(handle.inode, second);
      case "rmdirAt":
        return this.#removeFolder(handle.inode, second);
      case "openAt":
        return this.#handle(
          key.slice(0, key.lastIndexOf(" ")),
          this.#child(handle.inode, second),
        );
      default:
        throw new Error(`no such call: ${call}`);
    }
  }

  /** Closes what a process had open. */
  closeAll(who: string): void {
    for (const [key, { inode }] of [...this.#handles])
      if (key.startsWith(`${who} `)) {
        this.#handles.delete(key);
        this.#forget(inode);
      }
  }

  /** The same text for equal trees and open files, however they came about. */
  key(): string {
    const seen = new Map<number, number>();
    const show = (inode: number): string => {
      const known = seen.get(inode);
      if (known !== undefined) return `#${known}`;
      seen.set(inode, seen.size);
      const found = this.#inodes.get(inode);
      if (!found || "data" in found) return JSON.stringify(found?.data);
      const names = [...found.names.keys()].sort();
      return `{${names.map((name) => `${name}:${show(found.names.get(name) as number)}`).join()}}`;
    };
    const tree = show(ROOT);
    const keys = [...this.#handles.keys()].sort();
    const unsynced = this.#journal
      ? `${this.#journal.key()} ${[...this.#synced].sort()}`
      : "";
    return `${tree}${unsynced}${keys.map((key) => `${key}:${show((this.#handles.get(key) as Handle).inode)}`).join()}`;
  }

  /** Names in a folder; none where there is no such folder. */
  names(path: string): string[] {
    const found = this.#look(path);
    return found && "names" in found ? [...found.names.keys()].sort() : [];
  }

  /** A file's content; undefined where there is no such file. */
  text(path: string): string | undefined {
    const found = this.#look(path);
    return found && "data" in found ? found.data : undefined;
  }

  /** Writes a file for the beginning of a scenario, with the folders above it. */
  put(path: string, data?: string): void {
    const parts = path.split("/").slice(1);
    const name = data === undefined ? undefined : parts.pop();
    let at = "";
    for (const part of parts) {
      at += `/${part}`;
      if (!this.#look(at)) this.#mkdir(at);
    }
    if (name === undefined || data === undefined) return;
    this.#add(this.#find(at), name, this.#make({ data }));
  }

  #look(path: string): Inode | undefined {
    let at: Inode | undefined = this.#inodes.get(ROOT);
    for (const part of parts(path))
      at =
        at && "names" in at
          ? this.#inodes.get(at.names.get(part) ?? 0)
          : undefined;
    return at;
  }

  #find(path: string): number {
    let at = ROOT;
    for (const part of parts(path)) at = this.#child(at, part);
    return at;
  }

  #child(folder: number, name: string): number {
    const found = this.#folder(folder).names.get(name);
    if (found === undefined) throw new Refused("ENOENT");
    return found;
  }

  /** The folder in which a path's last name is, and that name. */
  #place(path: string): [folder: number, name: string] {
    const cut = path.lastIndexOf("/");
    const folder = this.#find(path.slice(0, cut));
    this.#folder(folder);
    return [folder, path.slice(cut + 1)];
  }

  #folder(inode: number): Folder {
    const found = this.#inodes.get(inode);
    if (!found || !("names" in found)) throw new Refused("ENOTDIR");
    return found;
  }

  #fileAt(inode: number): File {
    const found = this.#inodes.get(inode);
    if (!found || !("data" in found)) throw new Refused("EISDIR");
    return found;
  }

  #isFolder(inode: number): boolean {
    return "names" in (this.#inodes.get(inode) as Inode);
  }

  #make(inode: Inode): number {
    const number = this.#next;
    this.#next += 1;
    this.#inodes.set(number, inode);
    return number;
  }

  #add(folder: number, name: string, inode: number): void {
    const names = new Map(this.#folder(folder).names).set(name, inode);
    this.#inodes.set(folder, { names });
  }

  #remove(folder: number, name: string): void {
    const names = new Map(this.#folder(folder).names);
    names.delete(name);
    this.#inodes.set(folder, { names });
  }

  /** An inode that neither a name nor an open file leads to is gone. */
  #forget(inode: number): void {
    // It may come back.
    if (this.#journal) return;
    for (const handle of this.#handles.values())
      if (handle.inode === inode) return;
    for (const found of this.#inodes.values())
      if ("names" in found)
        for (const other of found.names.values()) if (other === inode) return;
    if (inode !== ROOT) this.#inodes.delete(inode);
  }

  #sync(inode: number): void {
    if (!this.#journal) return;
    if (this.#isFolder(inode)) this.#journal = this.#journal.synced(inode);
    else this.#synced.add(inode);
  }

  #mkdir(path: string): undefined {
    const [folder, name] = this.#place(path);
    const { names } = this.#folder(folder);
    if (names.has(name)) throw new Refused("EEXIST");
    const inode = this.#make({ names: new Map() });
    this.#add(folder, name, inode);
    this.#journal = this.#journal?.with({ inode, to: { folder, name } });
  }

  #rmdir(path: string): undefined {
    this.#removeFolder(...this.#place(path));
  }

  #removeFolder(folder: number, name: string): undefined {
    const inode = this.#child(folder, name);
    if (this.#folder(inode).names.size > 0) throw new Refused("ENOTEMPTY");
    this.#remove(folder, name);
    this.#journal = this.#journal?.with({ inode, from: { folder, name } });
    this.#forget(inode);
  }

  #unlink(folder: number, name: string): undefined {
    const inode = this.#child(folder, name);
    this.#fileAt(inode);
    this.#remove(folder, name);
    this.#journal = this.#journal?.with({ inode, from: { folder, name } });
    this.#forget(inode);
  }

  #link(from: string, to: string): undefined {
    const inode = this.#find(from);
    const [folder, name] = this.#place(to);
    if (this.#folder(folder).names.has(name)) throw new Refused("EEXIST");
    if (this.#isFolder(inode)) throw new Refused("EPERM");
    this.#add(folder, name, inode);
    this.#journal = this.#journal?.with({ inode, to: { folder, name } });
  }

  #rename(from: string, to: string): undefined {
    const [oldFolder, oldName] = this.#place(from);
    const [newFolder, newName] = this.#place(to);
    const inode = this.#child(oldFolder, oldName);
    if (`${to}/`.startsWith(`${from}/`) && to !== from)
      throw new Refused("EINVAL");
    if (`${from}/`.startsWith(`${to}/`) && to !== from)
      throw new Refused("ENOTEMPTY");
    const there = this.#folder(newFolder).names.get(newName);
    if (there === inode) return;
    if (there !== undefined) this.#mayReplace(inode, there);
    this.#remove(oldFolder, oldName);
    this.#add(newFolder, newName, inode);
    this.#journal = this.#journal?.with({
      inode,
      from: { folder: oldFolder, name: oldName },
      to: { folder: newFolder, name: newName },
    });
    if (there !== undefined) this.#forget(there);
  }

  #mayReplace(inode: number, there: number): void {
    if (!this.#isFolder(inode)) {
      if (this.#isFolder(there)) throw new Refused("EISDIR");
      return;
    }
    if (this.#folder(there).names.size > 0) throw new Refused("ENOTEMPTY");
  }

  /** Each name, a folder's with a slash behind it. */
  #list(folder: number): string[] {
    return [...this.#folder(folder).names]
      .map(([name, inode]) => (this.#isFolder(inode) ? `${name}/` : name))
      .sort();
  }

  /** Kind, number and size. */
  #stat(inode: number): string[] {
    const found = this.#inodes.get(inode) as Inode;
    return "names" in found
      ? ["folder", String(inode), "0"]
      : ["file", String(inode), String(found.data.length)];
  }

  #open(who: string, path: string, flags: string): number {
    const exists = this.#exists(path);
    if (flags === "wx" && exists) throw new Refused("EEXIST");
    if (flags !== "r" && !exists) {
      const [folder, name] = this.#place(path);
      const made = this.#make({ data: "" });
      this.#add(folder, name, made);
      this.#journal = this.#journal?.with({
        inode: made,
        to: { folder, name },
      });
    }
    const inode = this.#find(path);
    if (flags !== "r") this.#fileAt(inode);
    if (flags === "w") this.#inodes.set(inode, { data: "" });
    return this.#handle(who, inode);
  }

  #exists(path: string): boolean {
    const [folder, name] = this.#place(path);
    return this.#folder(folder).names.has(name);
  }

  #handle(who: string, inode: number): number {
    let number = 3;
    while (this.#handles.has(`${who} ${number}`)) number += 1;
    this.#handles.set(`${who} ${number}`, { inode, position: 0 });
    return number;
  }

  #write(key: string, { inode, position }: Handle, data: string): number {
    const old = this.#fileAt(inode).data;
    const written =
      old.slice(0, position) + data + old.slice(position + data.length);
    this.#inodes.set(inode, { data: written });
    this.#synced.delete(inode);
    this.#handles.set(key, { inode, position: position + data.length });
    return data.length;
  }
}

/** The same few paths are asked for a million times. */
const known = new Map<string, readonly string[]>();

function parts(path: string): readonly string[] {
  let found = known.get(path);
  if (!found) {
    found = path.split("/").filter((part) => part !== "");
    known.set(path, found);
  }
  return found;
}
