/**
 * mlmmj: who may post. What is not said is said too: without subonlypost everybody may, without
 * tocc a post must name the list. Pure.
 */
import type { Posting } from "../posting.ts";
import type { Control } from "./control.ts";

/** What happens to posts that the access rules let pass. */
export function postingOf(control: Control): Posting {
  const silent = (name: string) => (control.has(name) ? "discard" : "reject");
  if (control.has("modonlypost")) {
    const rest = control.has("modnonmodposts")
      ? "hold"
      : silent("nomodonlydenymails");
    return { members: rest, others: rest };
  }
  const others = control.has("modnonsubposts")
    ? "hold"
    : silent("nosubonlydenymails");
  if (control.has("moderated"))
    return {
      members: "hold",
      others: control.has("subonlypost") ? others : "hold",
    };
  return {
    members: "accept",
    others: control.has("subonlypost") ? others : "accept",
  };
}
