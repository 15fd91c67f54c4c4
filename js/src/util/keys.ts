/** A client key, or the name of a view: the time, and 80 random bits, so that keys of one time are neighbours (client/keys.py). */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return (
    Date.now().toString(16).padStart(12, "0") + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  );
}
