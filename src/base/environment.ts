/**
 * The process environment: the only reader of process.env.
 */
import { hostname } from "node:os";

/** A variable, or undefined where it is unset or empty. */
export function variable(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** All LISTMILL_ variables, as a hook gets them. */
export function hookVariables(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env))
    if (name.startsWith("LISTMILL_") && value !== undefined)
      found[name] = value;
  return found;
}

/** This host's name, the part before the first dot; LISTMILL_HOST overrides it. */
export function host(): string {
  const name = variable("LISTMILL_HOST") ?? hostname().split(".")[0] ?? "";
  return name.replace(/[^A-Za-z0-9_-]/g, "-") || "localhost";
}
