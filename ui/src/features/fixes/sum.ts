/** The exact sum of two decimal texts. */
export function sumDecimals(one: string, other: string): string {
  const digits = Math.max(fraction(one).length, fraction(other).length);
  const sum = scaled(one, digits) + scaled(other, digits);
  if (digits === 0) return String(sum);
  const text = String(sum < 0n ? -sum : sum).padStart(digits + 1, "0");
  return `${sum < 0n ? "-" : ""}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Below, at or above zero, as the first is less, equal or more. */
export function compareDecimals(one: string, other: string): number {
  const digits = Math.max(fraction(one).length, fraction(other).length);
  const [a, b] = [scaled(one, digits), scaled(other, digits)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function fraction(text: string): string {
  return text.split(".")[1] ?? "";
}

function scaled(text: string, digits: number): bigint {
  const [whole = "0"] = text.split(".");
  return BigInt(whole + fraction(text).padEnd(digits, "0"));
}
