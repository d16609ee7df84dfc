/**
 * The settings of the door for bounces by HTTP, of the section [http]. Pure.
 */
import { z } from "zod";
import { networkIn } from "../../base/network.ts";
import { count, duration, several, textLike } from "../../base/settings.ts";
import { listening, note, path, socketMode } from "./words.ts";

export const http = note(
  z
    .strictObject({
      listen: note(
        listening().prefault("127.0.0.1:8025"),
        "Where listmill run http waits for bounces. What is sent there is not encrypted (docs/http.md).",
      ),
      socket_mode: note(
        socketMode().prefault("0660"),
        "Who may connect to a socket.",
      ),
      networks: note(
        several(
          textLike(
            'a network such as "192.0.2.0/24" or "2001:db8::/32", or an address',
            (value) => networkIn(value) !== undefined,
          ),
        ).prefault(["127.0.0.0/8", "::1/128"]),
        "Who may bring bounces, by the address that the connection comes from; a socket has none. Headers such as X-Forwarded-For are never believed.",
      ),
      token_file: note(
        path().prefault("secrets/http-token"),
        "A file whose first line is the token that a request must show. Without the file the door does not open, but for a socket: there none is asked for then.",
      ),
      clients: note(count(1, 10_000).prefault(100), "Connections at once."),
      timeout: note(duration().prefault("1m"), "Longest silence of a client."),
      request: note(
        duration().prefault("10m"),
        "Longest time that a whole request may take to come in.",
      ),
    })
    .prefault({}),
  "The door for bounces that an MTA brings by HTTP (docs/http.md).",
);
