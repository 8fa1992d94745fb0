"use client";

import dynamic from "next/dynamic";

/** Loaded when its tab is opened. */
export const Safety = dynamic(
  () => import("@/features/safety/safety-part").then((module) => module.SafetyPart),
  { ssr: false },
);
