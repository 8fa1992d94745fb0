"use client";

import { useRef, type RefObject } from "react";
import { flushSync } from "react-dom";
import type { Action } from "@/api/types/actions";
import { showToast } from "@/ui/toast";
import { hasText, textLength, textLimit } from "./text-limit";
import type { Approvals } from "./use-approvals";

/** The words of one action as they would go out, and whether they may. */
export interface Words {
  text: string;
  edited: boolean;
  editable: boolean;
  /** Too long for the platform, or emptied. */
  unfit: boolean;
}

export function wordsOf(action: Action, draft: string | undefined): Words {
  const original = action.target_data.text ?? "";
  const text = draft ?? original;
  const edited = text !== original;
  const editable = hasText(action.action_type);
  const { platform } = action.account;
  const limit = textLimit(platform, action.action_type);
  const tooLong = editable && limit !== null && textLength(platform, text) > limit;
  return { text, edited, editable, unfit: tooLong || (edited && text.trim() === "") };
}

export interface Deciding {
  words: Words | null;
  /** Nothing may be decided: it left the queue, or this person may only look. */
  barred: boolean;
  sending: boolean;
  region: RefObject<HTMLElement | null>;
  field: RefObject<HTMLTextAreaElement | null>;
  approve: () => void;
  edit: () => void;
  discard: () => void;
  snooze: () => void;
  open: () => void;
  approveSelected: () => void;
}

/** What the keys and buttons do to the action on screen. */
export function useDeciding(page: Approvals): Deciding {
  const { decisions, drafts, current } = page;
  const region = useRef<HTMLElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const action = current?.action ?? null;
  const words = action === null ? null : wordsOf(action, drafts.of(action.id));
  const barred = current === null || current.gone !== null || !page.mayDecide;
  const sending = action !== null && decisions.sending === action.id;
  const ready = action !== null && words !== null && !barred && !sending;

  return {
    words,
    barred,
    sending,
    region,
    field,
    approve: () => {
      if (ready && !words.unfit) decisions.approve(action, words.edited ? { text: words.text } : undefined);
    },
    edit: () => {
      if (!ready || !words.editable) return;
      // The field has to hold the focus before the next key arrives.
      flushSync(() => {
        drafts.set(action.id, words.text);
        page.setEditing(action.id);
      });
      field.current?.focus();
      field.current?.setSelectionRange(words.text.length, words.text.length);
    },
    discard: () => {
      if (action === null || words === null || sending) return;
      drafts.drop([action.id]);
      page.setEditing(null);
      region.current?.focus({ preventScroll: true });
      if (!words.edited) return;
      void showToast({
        text: "Edit discarded",
        id: "discarded",
        action: { label: "Restore", run: () => drafts.set(action.id, words.text) },
      });
    },
    snooze: () => {
      if (ready) decisions.snooze(action);
    },
    open: () => region.current?.focus({ preventScroll: true }),
    approveSelected: () => {
      const { bulk } = page;
      if (!page.mayDecide || bulk.count === 0) return;
      decisions.approveAll(bulk.green);
      if (bulk.blockers === "") return;
      void showToast({ text: `Left for you: ${bulk.blockers}, review one by one`, id: "left" });
    },
  };
}
