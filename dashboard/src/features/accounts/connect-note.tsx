"use client";

import { X } from "lucide-react";
import { useRouter, useSearchParams } from "next/navigation";
import { cx } from "@/lib/cx";
import { IconButton } from "@/ui/icon-button";
import { Light } from "@/ui/light";
import { connectProblem } from "./connect-words";

/** What came of the platform's consent page, by the `?connected=1` or `?error=code` it came back with. */
export function ConnectNote({ path }: { path: string }) {
  const router = useRouter();
  const params = useSearchParams();
  const code = params.get("error");
  const connected = params.get("connected") === "1";
  if (code === null && !connected) return null;
  const problem = code === null ? null : connectProblem(code);
  return (
    <div
      role={problem === null ? "status" : "alert"}
      className={cx(
        "flex items-start gap-2 border-b px-4 py-2",
        problem === null ? "bg-green-soft text-green-text" : "bg-red-soft text-red-text",
      )}
    >
      <Light light={problem === null ? "green" : "red"} size="md" className="mt-1" />
      <p className="min-w-0 flex-1 py-1">
        {problem === null ? (
          "Connected. SocialSeed reads the profile now and plans within its limits."
        ) : (
          <>
            <strong className="font-semibold">Not connected.</strong> {problem.text} {problem.step}{" "}
            <code className="text-xs">{code}</code>
          </>
        )}
      </p>
      <IconButton
        label="Hide this note"
        className="text-current"
        icon={<X aria-hidden="true" className="size-4" />}
        onClick={() => router.replace(path)}
      />
    </div>
  );
}
