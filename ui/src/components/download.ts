/** Hands a text to the browser as a file for the user's downloads. */
export function download(name: string, text: string, type: string): void {
  hand(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

/** The same with a file that is no text. */
export function downloadBytes(name: string, base64: string, type: string): void {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  hand(name, new Blob([bytes], { type }));
}

function hand(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
