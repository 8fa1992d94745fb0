"use client";

import { useState } from "react";

/** Texts being edited, by action. A draft outlives a move to another row and a refused decision. */
export interface Drafts {
  of: (id: string | null) => string | undefined;
  set: (id: string, text: string) => void;
  drop: (ids: readonly string[]) => void;
}

export function useDrafts(): Drafts {
  const [drafts, setDrafts] = useState<ReadonlyMap<string, string>>(new Map());
  return {
    of: (id) => (id === null ? undefined : drafts.get(id)),
    set: (id, text) => setDrafts((before) => new Map([...before, [id, text]])),
    drop: (ids) =>
      setDrafts((before) =>
        ids.some((id) => before.has(id)) ? new Map([...before].filter(([id]) => !ids.includes(id))) : before,
      ),
  };
}
