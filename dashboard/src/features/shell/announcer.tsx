"use client";

import { useState } from "react";
import { useLiveEvents } from "@/lib/live";

const EVENTS = ["action.failed", "action.unknown", "account.needs_reconnect", "stop.set", "stop.lifted"];

/** Reads out failures and stops, and nothing else: a feed that talks all day is not listened to. */
export function Announcer() {
  const [sentence, setSentence] = useState("");
  useLiveEvents(EVENTS, (event) => setSentence(event.sentence));
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {sentence}
    </p>
  );
}
