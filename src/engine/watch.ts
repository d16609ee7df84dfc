/**
 * Watching is a hint that saves the wait for the next scan; the scan is the truth. What is watched
 * is each queue's bell, and the front door's folder itself, for an MTA rings no bell. Never the
 * entries: their number would be the watcher's load. The only importer of chokidar.
 */
import { watch as chokidar } from "chokidar";
import { frontDoor } from "../spool/queue.ts";
import type { Spool } from "../spool/spool.ts";

export interface Watch {
  /** Watches one queue more. */
  add(queue: string): void;
  close(): Promise<void>;
}

/** @param onNews called with the name of a queue that may have got something */
export function watch(
  spool: Spool,
  queues: readonly string[],
  onNews: (queue: string) => void,
): Watch {
  const bells = new Map(queues.map((queue) => [spool.bell(queue), queue]));
  const door = spool.waiting(frontDoor);
  const paths = [...bells.keys()];
  for (const queue of queues) spool.ring(queue);
  if (queues.includes(frontDoor)) paths.push(door);
  const watcher = chokidar(paths, {
    depth: 0,
    ignoreInitial: true,
    ignored: (path) => path !== door && !bells.has(path),
  });
  // Raw events come at once, others are held back for a while; and the door's files are ignored.
  watcher.on("raw", (_event, _path, details) => {
    const { watchedPath = "" } = details as { watchedPath?: string };
    const queue = watchedPath === door ? frontDoor : bells.get(watchedPath);
    if (queue) onNews(queue);
  });
  // What came before the watch stood has rung no bell that was heard.
  watcher.on("ready", () => {
    for (const queue of queues) onNews(queue);
  });
  // A watch that fails (too many of them, say) leaves the scan, which is enough.
  watcher.on("error", () => {});
  return {
    add(queue) {
      spool.ring(queue);
      bells.set(spool.bell(queue), queue);
      watcher.add(spool.bell(queue));
    },
    close: () => watcher.close(),
  };
}
