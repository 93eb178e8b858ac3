/** `shopify_payments` as people write it; a name that was typed by a person stays as it is. */
export function gatewayName(gateway: string): string {
  const name = gateway.replaceAll("_", " ");
  return name === name.toLowerCase() ? name.replace(/(^|\s)\p{L}/gu, (letter) => letter.toUpperCase()) : name;
}
