"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, Play, RotateCcw, Scale } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Action, ActionDetail } from "@/api/types/actions";
import { actionQuery, profileQuery } from "@/lib/shared-queries";
import { Button, buttonClass } from "@/ui/button";
import { ErrorNote } from "@/ui/error-state";
import { Link } from "@/ui/link";
import { cancel, executeNow, HISTORY, replan, resolve } from "./queries";
import { allowedFor } from "./words";

const NoteDialog = dynamic(() => import("./note-dialog").then((module) => module.NoteDialog), { ssr: false });

const ICON = "size-4";

type Verb =
  | { kind: "execute" | "replan" }
  | { kind: "cancel"; note: string }
  | { kind: "resolve"; outcome: "succeeded" | "failed"; note: string };

function send(id: string, verb: Verb): Promise<Action> {
  switch (verb.kind) {
    case "execute":
      return executeNow(id);
    case "replan":
      return replan(id);
    case "cancel":
      return cancel(id, verb.note);
    case "resolve":
      return resolve(id, verb.outcome, verb.note);
  }
}

/** What a person may still do with this action; nothing when it is over. */
export function DetailActions({ action }: { action: ActionDetail }) {
  const client = useQueryClient();
  const router = useRouter();
  const role = useQuery(profileQuery).data?.workspace.role;
  const [asking, setAsking] = useState<"cancel" | "resolve" | null>(null);
  const change = useMutation({
    mutationFn: (verb: Verb) => send(action.id, verb),
    onSuccess: (answer) => {
      setAsking(null);
      void client.invalidateQueries({ queryKey: HISTORY });
      if (answer.id !== action.id) router.push(`/activity/detail/?id=${answer.id}`);
      return client.invalidateQueries({ queryKey: actionQuery(action.id).queryKey });
    },
  });
  const may = allowedFor(action);
  const doing = change.isPending ? change.variables.kind : null;
  if (role === "viewer") return null;

  return (
    <div className="flex flex-col gap-2 empty:hidden">
      {change.isError && asking === null ? <ErrorNote error={change.error} /> : null}
      <div className="flex flex-wrap gap-2 empty:hidden">
        {action.status === "awaiting_approval" ? (
          <Link href={`/approvals/?id=${action.id}`} className={buttonClass("primary")}>
            Decide it
          </Link>
        ) : null}
        {action.status === "awaiting_human" ? (
          <Link href="/tasks/" className={buttonClass("primary")}>
            Open tasks
          </Link>
        ) : null}
        {may.resolve ? (
          <Button
            kind="primary"
            icon={<Scale aria-hidden="true" className={ICON} />}
            onClick={() => setAsking("resolve")}
          >
            Resolve
          </Button>
        ) : null}
        {may.execute ? (
          <Button
            icon={<Play aria-hidden="true" className={ICON} />}
            busy={doing === "execute"}
            onClick={() => change.mutate({ kind: "execute" })}
          >
            Execute now
          </Button>
        ) : null}
        {may.replan ? (
          <Button
            icon={<RotateCcw aria-hidden="true" className={ICON} />}
            busy={doing === "replan"}
            onClick={() => change.mutate({ kind: "replan" })}
          >
            Plan it again
          </Button>
        ) : null}
        {may.cancel ? (
          <Button icon={<Ban aria-hidden="true" className={ICON} />} onClick={() => setAsking("cancel")}>
            Cancel it
          </Button>
        ) : null}
      </div>
      {asking === null ? null : (
        <NoteDialog
          kind={asking}
          busy={change.isPending}
          error={change.error}
          onClose={() => {
            change.reset();
            setAsking(null);
          }}
          onCancelAction={(note) => change.mutate({ kind: "cancel", note })}
          onResolve={(outcome, note) => change.mutate({ kind: "resolve", outcome, note })}
        />
      )}
    </div>
  );
}
