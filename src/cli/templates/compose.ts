/**
 * A new hook's text, put together from what its language and its verb have. Pure.
 */
import type { Verb } from "../../engine/layers.ts";
import { servedPerl, servedPython, typescript } from "./functions.ts";
import { perl, python, sh } from "./programs.ts";
import { asked, returned } from "./words.ts";

export const languages = ["sh", "perl", "python", "ts"] as const;
export type Language = (typeof languages)[number];

/** What is known of the new hook. */
export interface Plan {
  /** Its path, `posts/20-edit/70-mine`. */
  readonly path: string;
  readonly verb: Verb;
  readonly language: Language;
  readonly serve: boolean;
  /** Where src/hook.ts of listmill lies. */
  readonly types: string;
}

/** What the hook's name must end in; "" where all will do. Undefined: not to be had. */
export function suffixOf(
  language: Language,
  serve: boolean,
): string | undefined {
  if (!serve) return language === "ts" ? ".hook.ts" : "";
  if (language === "python") return ".serve.py";
  return language === "perl" ? ".serve.pl" : undefined;
}

/** The hook's text. */
export function compose(plan: Plan): string {
  const { verb, language, serve, path } = plan;
  const told = [
    path,
    ...(serve || language === "ts" ? [returned[verb]] : asked[verb]),
  ];
  switch (language) {
    case "sh":
      return text("#!/bin/sh", hashed(told), more(verb), "", sh[verb]);
    case "perl":
      return serve
        ? text(
            "#!/usr/bin/env perl",
            hashed(told),
            SERVED,
            "use strict;\nuse warnings;\nuse Listmill;\n",
            `Listmill::serve(sub {\n    my ($ask) = @_;\n${servedPerl[verb]}\n});`,
          )
        : text(
            "#!/usr/bin/env perl",
            hashed(told),
            more(verb),
            "use strict;\nuse warnings;\n",
            perl[verb],
          );
    case "python":
      return serve
        ? text(
            "#!/usr/bin/env python3",
            hashed(told),
            SERVED,
            "from listmill import serve\n\n",
            `def answer(ask):\n${servedPython[verb]}\n\n\nserve(answer)`,
          )
        : text(
            "#!/usr/bin/env python3",
            hashed(told),
            more(verb),
            "import os\nimport sys\n",
            python[verb],
          );
    case "ts":
      return text(
        "#!/usr/bin/env listmill-hook",
        told.map((line) => `// ${line}`).join("\n"),
        "// It runs in the runner's process: it must not block, and should be quick. See docs/hooks.md.",
        `import type { Ask, Reply } from ${JSON.stringify(plan.types)};\n`,
        `export default async function hook(ask: Ask): Promise<Reply> {\n${typescript[verb]}\n}`,
      );
  }
}

/** What holds for every program. Who refines has addresses on stdin. */
function more(verb: Verb): string {
  const where = verb === "refine" ? "in" : "on stdin and in";
  return (
    `# The message is ${where} $LISTMILL_MESSAGE; see docs/hooks.md for all variables. What\n` +
    "# goes to stderr is logged. Text of a message comes from strangers: quote it, evaluate none."
  );
}

const SERVED =
  "# It is started once and asked about message after message; see docs/served-hooks.md.";

function hashed(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}`).join("\n");
}

function text(...parts: readonly string[]): string {
  return `${parts.join("\n")}\n`;
}
