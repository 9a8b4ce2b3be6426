/** Personal data of callers: what may be shown of a number. Pure. */

/** Keeps the first three and last two digits of a number long enough to hide something; hides a short one whole. */
export function maskNumber(number: string | null): string | null {
  if (number === null) return null;
  const digits = Array.from(number);
  if (digits.length < 7) return '*'.repeat(digits.length);
  return `${digits.slice(0, 3).join('')}${'*'.repeat(digits.length - 5)}${digits.slice(-2).join('')}`;
}
