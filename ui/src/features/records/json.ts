const INDENT = "  ";

/**
 * JSON text with line breaks, for reading. The text itself is laid out, not a parsed value: a number such as `10.00` or a
 * long id stays as it was sent. What is no JSON is shown as it is.
 */
export function readableJson(text: string): string {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed)) return text;
  let out = "";
  let depth = 0;
  for (let at = 0; at < trimmed.length; at += 1) {
    const char = trimmed[at] ?? "";
    if (char === '"') {
      const end = endOfString(trimmed, at);
      out += trimmed.slice(at, end);
      at = end - 1;
    } else if (char === "{" || char === "[") {
      const next = trimmed.slice(at + 1).trimStart()[0];
      if (next === "}" || next === "]") {
        out += char + next;
        at = trimmed.indexOf(next, at);
      } else {
        depth += 1;
        out += `${char}\n${INDENT.repeat(depth)}`;
      }
    } else if (char === "}" || char === "]") {
      depth = Math.max(0, depth - 1);
      out += `\n${INDENT.repeat(depth)}${char}`;
    } else if (char === ",") {
      out += `,\n${INDENT.repeat(depth)}`;
    } else if (char === ":") {
      out += ": ";
    } else if (!/\s/.test(char)) {
      out += char;
    }
  }
  return out;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
