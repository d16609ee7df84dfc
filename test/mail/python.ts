/**
 * Asks Python's email package what it makes of messages: a second opinion on what was built.
 */
import { execFileSync, spawnSync } from "node:child_process";

export interface PythonMessage {
  subject: string;
  type: string;
  defects: string[];
  /** The leaves: type, text (decoded) or base64 of the bytes. */
  parts: { type: string; text: string; bytes: string }[];
}

const PROGRAM = `
import base64, email, email.policy, json, sys
found = []
for line in sys.stdin:
    message = email.message_from_bytes(base64.b64decode(line), policy=email.policy.default)
    parts, defects = [], [type(d).__name__ for d in message.defects]
    for part in message.walk():
        defects += [type(d).__name__ for d in part.defects]
        if part.is_multipart(): continue
        data = part.get_payload(decode=True) or b""
        try: text = data.decode(part.get_content_charset("utf-8"), "replace")
        except (LookupError, ValueError): text = data.decode("latin-1")
        parts.append(dict(type=part.get_content_type(), text=text, bytes=base64.b64encode(data).decode()))
    found.append(dict(subject=str(message.get("subject", "")), type=message.get_content_type(), defects=sorted(set(defects)), parts=parts))
print(json.dumps(found))
`;

export const pythonMissing: string | false =
  spawnSync("python3", ["-c", "import email"]).status === 0
    ? false
    : "no python3";

export function parseWithPython(messages: Uint8Array[]): PythonMessage[] {
  const input = messages
    .map((message) => Buffer.from(message).toString("base64"))
    .join("\n");
  const output = execFileSync("python3", ["-c", PROGRAM], {
    input,
    maxBuffer: 1 << 28,
  });
  return JSON.parse(output.toString()) as PythonMessage[];
}
