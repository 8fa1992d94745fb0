"use client";

import dynamic from "next/dynamic";

/** The confirmation dialog, loaded with its first use. */
export const Confirm = dynamic(() => import("./confirm-dialog").then((module) => module.ConfirmDialog), {
  ssr: false,
});
