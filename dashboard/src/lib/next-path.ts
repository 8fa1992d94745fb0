/** Where to go after signing in: a path of our own, never another site. */
export function safeNext(search: string): string {
  const next = new URLSearchParams(search).get("next");
  if (next === null || !next.startsWith("/") || next.startsWith("//") || next.includes("\\")) return "/";
  return next;
}
