/** The day of a key's end where the browser is, as date fields have it: YYYY-MM-DD. Empty for one without an end. */
export function dayOf(expiresAt: string | null | undefined): string {
  if (!expiresAt) return '';
  const at = new Date(expiresAt);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/**
 * What the API is told of a key's end: nothing where the day was left as it is, so that a change of the name does not move the hour; null to lift it;
 * else the last second of the day where the browser is.
 */
export function expiryBody(day: string, before?: string | null): { readonly expires_at?: string | null } {
  if (day === dayOf(before)) return {};
  return { expires_at: day === '' ? null : new Date(`${day}T23:59:59`).toISOString() };
}
