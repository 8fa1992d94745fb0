"use client";

import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import { boolean, integer, maxValue, minValue, nonEmpty, number, object, pipe, string, trim } from "valibot";
import type { InferOutput } from "valibot";
import type { AccountChange, AccountDetail } from "@/api/types/accounts";
import { asProblem, type ApiProblem } from "@/api/problem";
import { accountName } from "@/lib/account-state";
import { egressesQuery } from "@/lib/egress-queries";
import { fieldErrors } from "@/lib/form-problem";
import { formatHour } from "@/lib/format";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog } from "@/ui/dialog";
import { ErrorNote } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { Select } from "@/ui/select";
import { changeAccount } from "./queries";
import { zoneOptions } from "./time-zones";

const MOST = 1000;
const WHOLE = `A whole number from 1 to ${MOST}.`;

const shape = object({
  display_name: pipe(string(), trim(), nonEmpty("Enter a name.")),
  timezone: pipe(string(), nonEmpty("Choose a time zone.")),
  daily_action_limit: pipe(number(WHOLE), integer(WHOLE), minValue(1, WHOLE), maxValue(MOST, WHOLE)),
  waking_start: pipe(number(), integer()),
  waking_end: pipe(number(), integer()),
  established: boolean(),
  egress_id: string(),
});

type Values = InferOutput<typeof shape>;

const FORM = "edit-account";
const NAMES = [
  "display_name",
  "timezone",
  "daily_action_limit",
  "waking_start",
  "waking_end",
  "established",
  "egress_id",
] as const;

function hourOptions(first: number, last: number) {
  return Array.from({ length: last - first + 1 }, (_, n) => ({
    value: String(first + n),
    label: formatHour(first + n),
  }));
}

/** Only what differs is sent, so that two people editing different fields do not undo each other. */
export function changesOf(before: Values, after: Values): AccountChange {
  return Object.fromEntries(
    NAMES.filter((name) => before[name] !== after[name]).map((name) => [
      name,
      name === "egress_id" && after[name] === "" ? null : after[name],
    ]),
  );
}

export function EditDialog({ account, onClose }: { account: AccountDetail; onClose: () => void }) {
  const client = useQueryClient();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [before] = useState<Values>({
    display_name: accountName(account),
    timezone: account.timezone,
    daily_action_limit: account.daily_action_limit ?? account.today.limit,
    waking_start: account.waking_start,
    waking_end: account.waking_end,
    established: account.phase_detail.established,
    egress_id: account.egress?.id ?? "",
  });
  const egresses = useQuery(egressesQuery).data?.items ?? [];
  const zones = useMemo(() => zoneOptions(before.timezone), [before.timezone]);
  const form = useForm<Values>({ resolver: standardSchemaResolver(shape), defaultValues: before });
  const { errors, isSubmitting } = form.formState;

  async function submit(values: Values) {
    setProblem(null);
    try {
      const change = changesOf(before, values);
      if (Object.keys(change).length > 0) await changeAccount(account.id, change);
      void client.invalidateQueries({ queryKey: ["accounts"] });
      onClose();
    } catch (error) {
      const refusal = asProblem(error);
      const known = fieldErrors(refusal, NAMES);
      for (const { name, detail } of known) form.setError(name, { message: detail });
      if (known.length === 0) setProblem(refusal);
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Edit account"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={FORM} busy={isSubmitting}>
            Save
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        noValidate
        onSubmit={(event) => void form.handleSubmit(submit)(event)}
        className="flex flex-col gap-4"
      >
        {problem === null ? null : <ErrorNote error={problem} />}
        <Field label="Name" error={errors.display_name?.message}>
          {(control) => <Input {...control} {...form.register("display_name")} />}
        </Field>
        <Field label="Time zone" error={errors.timezone?.message}>
          {(control) => <Select {...control} {...form.register("timezone")} options={zones} />}
        </Field>
        <Field
          label="Most actions in a day"
          hint="Your own ceiling. The phase, the platform and the account's health may bind earlier."
          error={errors.daily_action_limit?.message}
        >
          {(control) => (
            <Input
              {...control}
              {...form.register("daily_action_limit", { valueAsNumber: true })}
              type="number"
              inputMode="numeric"
              min={1}
              max={MOST}
            />
          )}
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field label="Awake from" error={errors.waking_start?.message}>
            {(control) => (
              <Select
                {...control}
                {...form.register("waking_start", { setValueAs: Number })}
                options={hourOptions(0, 23)}
              />
            )}
          </Field>
          <Field label="Until" hint="Local hours, 4 to 18 a day." error={errors.waking_end?.message}>
            {(control) => (
              <Select
                {...control}
                {...form.register("waking_end", { setValueAs: Number })}
                options={hourOptions(1, 24)}
              />
            )}
          </Field>
        </div>
        {egresses.length === 0 ? null : (
          <Field
            label="Egress"
            hint="The proxy through which its calls leave. If it is down, the account waits."
            error={errors.egress_id?.message}
          >
            {(control) => (
              <Select
                {...control}
                {...form.register("egress_id")}
                options={[
                  { value: "", label: "Straight out" },
                  ...egresses.map(({ id, name }) => ({ value: id, label: name })),
                ]}
              />
            )}
          </Field>
        )}
        <Checkbox
          {...form.register("established")}
          label="Established: it has been active for months, and I confirm that"
        />
      </form>
    </Dialog>
  );
}
