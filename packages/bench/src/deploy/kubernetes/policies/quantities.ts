const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1 / 1_000,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A quantity as Kubernetes writes it (`250m`, `4Gi`, `"2"`) as a number: of cores, bytes or things. Throws for what is none. */
export function quantityOf(text: unknown): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(String(text)) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  if (digits === undefined || factor === undefined) throw new RangeError(`no quantity: ${String(text)}`);
  return Number(digits) * factor;
}
