/** Why a platform's consent did not connect the account, and what to do: by the callback's error code. */
const WHY: Record<string, { text: string; step: string }> = {
  access_denied: {
    text: "The platform was not given permission.",
    step: "Connect again and allow access.",
  },
  wrong_account: {
    text: "The platform signed in another account than this one.",
    step: "Sign in there as this account, then connect again.",
  },
  state_used_or_old: {
    text: "The connection took too long or was opened twice.",
    step: "Connect again.",
  },
  other_browser: {
    text: "The connection came back in another browser than the one that began it.",
    step: "Connect again, in one browser.",
  },
  signed_out: {
    text: "You were signed out meanwhile, or may no longer change accounts.",
    step: "Sign in and connect again.",
  },
};

export function connectProblem(code: string): { text: string; step: string } {
  return (
    WHY[code] ?? { text: "The platform did not connect the account.", step: "Connect again in a moment." }
  );
}

/** True for a web address; a `javascript:` one must never be followed. */
export function isWebAddress(url: string, origin: string): boolean {
  return URL.canParse(url, origin) && ["https:", "http:"].includes(new URL(url, origin).protocol);
}
