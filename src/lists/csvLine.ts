/** CSV (RFC 4180), each record on one line. Pure. */

/**
 * The cells of a line; a quote inside a cell that does not begin with one is itself. Undefined where a
 * quote is not closed.
 */
export function cellsOf(line: string): string[] | undefined {
  const found: string[] = [];
  for (let at = 0; at <= line.length; ) {
    let end: number;
    let text = "";
    if (line[at] === '"') {
      end = at + 1;
      for (; end < line.length; end += 1) {
        if (line[end] === '"' && line[end + 1] !== '"') break;
        if (line[end] === '"') end += 1;
        text += line[end];
      }
      if (end === line.length) return undefined;
      const comma = line.indexOf(",", end);
      const next = comma < 0 ? line.length : comma;
      text += line.slice(end + 1, next);
      end = next;
    } else {
      const comma = line.indexOf(",", at);
      end = comma < 0 ? line.length : comma;
      text = line.slice(at, end);
    }
    found.push(text);
    at = end + 1;
  }
  return found;
}

/** The line of some cells; it never begins with #, which would make a remark of it. */
export function lineOf(cells: readonly string[]): string {
  return cells.map(quoted).join(",");
}

function quoted(text: string): string {
  return /[",\r\n]|^[\s#]|\s$/.test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
