"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Consent, ExportJob } from "@/api/types/system";
import type { Profile } from "@/api/types/users";
import { formatInstant } from "@/lib/format";
import { Button, buttonClass } from "@/ui/button";
import { ErrorNote, ErrorState } from "@/ui/error-state";
import { Section } from "@/ui/section";
import { Skeleton } from "@/ui/skeleton";
import { Switch } from "@/ui/switch";
import { toastProblem } from "@/ui/toast-problem";
import { askForExport, consentsQuery, exportQuery, saveConsent } from "./queries";
import { mayManage } from "./roles";

const DeleteMe = dynamic(() => import("./delete-me").then((module) => module.DeleteMe), { ssr: false });

const KIND: Record<Consent["kind"], string> = {
  publish: "Publish",
  engage: "Engage",
  discover: "Discover",
  ai_drafts: "AI drafts",
};

export function PrivacyPart({ profile }: { profile: Profile }) {
  const [deleting, setDeleting] = useState(false);
  return (
    <>
      <ConsentsPart locked={!mayManage(profile.workspace.role)} />
      <ExportPart />
      <Section title="Delete me">
        <p className="mb-3 text-ink-2">
          Deletes you and every workspace that has no other owner, with its accounts, actions and
          measurements, for good.
        </p>
        <Button kind="danger-soft" onClick={() => setDeleting(true)}>
          Delete me
        </Button>
        {deleting ? <DeleteMe onClose={() => setDeleting(false)} /> : null}
      </Section>
    </>
  );
}

function ConsentsPart({ locked }: { locked: boolean }) {
  const client = useQueryClient();
  const key = consentsQuery.queryKey;
  const consents = useQuery(consentsQuery);
  const decide = useMutation({
    mutationFn: ({ kind, granted }: Pick<Consent, "kind" | "granted">) => saveConsent(kind, granted),
    onSuccess: (answer) => client.setQueryData(key, answer),
    onError: (error) => toastProblem("Your consent stays as it was", error),
  });
  return (
    <Section title="Consents" note="without one, that kind of work stays off">
      {consents.data === undefined ? (
        consents.isError ? (
          <ErrorState error={consents.error} onRetry={() => void consents.refetch()} />
        ) : (
          <Skeleton className="h-56 w-full" />
        )
      ) : (
        <div className="flex flex-col gap-4">
          {consents.data.items.map((consent) => {
            const changing = decide.isPending && decide.variables.kind === consent.kind;
            return (
              <Switch
                key={consent.kind}
                label={KIND[consent.kind]}
                hint={
                  <>
                    {consent.sentence}{" "}
                    {consent.at === null
                      ? "Not decided yet."
                      : `${consent.granted ? "Given" : "Withdrawn"} ${formatInstant(consent.at)}.`}
                  </>
                }
                checked={changing ? decide.variables.granted : consent.granted}
                disabled={locked || decide.isPending}
                onChange={(granted) => decide.mutate({ kind: consent.kind, granted })}
              />
            );
          })}
        </div>
      )}
    </Section>
  );
}

const EXPORT_STATE: Record<ExportJob["status"], string> = {
  queued: "Being put together. You may leave this page and ask again later.",
  ready: "Ready.",
  failed: "It could not be put together. Ask again.",
};

function ExportPart() {
  const ask = useMutation({ mutationFn: askForExport });
  const id = ask.data?.id ?? "";
  const job = useQuery(exportQuery(id));
  const state = id === "" ? null : (job.data?.status ?? "queued");
  const url = job.data?.download_url ?? null;
  return (
    <Section title="Export my data">
      <p className="mb-3 text-ink-2">
        A file with everything that SocialSeed keeps of this workspace: accounts, actions, decisions,
        measurements. Access tokens are left out.
      </p>
      {ask.isError ? (
        <div className="mb-3">
          <ErrorNote error={ask.error} />
        </div>
      ) : null}
      {job.isError ? (
        <div className="mb-3">
          <ErrorNote error={job.error} />
        </div>
      ) : null}
      <div className="flex flex-wrap items-center gap-3">
        {state === "ready" && url !== null ? (
          <a href={url} download className={buttonClass("primary")}>
            <Download aria-hidden="true" className="size-4" /> Download
          </a>
        ) : (
          <Button busy={ask.isPending || state === "queued"} onClick={() => ask.mutate()}>
            Export my data
          </Button>
        )}
        <span role="status" className="text-ink-2">
          {state === null ? "" : EXPORT_STATE[state]}
        </span>
      </div>
    </Section>
  );
}
