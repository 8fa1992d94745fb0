"use client";

import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import { boolean, nonEmpty, object, picklist, pipe, regex, string, trim, type InferOutput } from "valibot";
import { asProblem, type ApiProblem } from "@/api/problem";
import { accountHref } from "@/lib/account-state";
import { fieldErrors } from "@/lib/form-problem";
import { PLATFORM_NAME } from "@/lib/words";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog } from "@/ui/dialog";
import { ErrorNote } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { Select } from "@/ui/select";
import { addAccount } from "./queries";
import { browserZone, zoneOptions } from "./time-zones";

const PLATFORMS = ["tiktok", "instagram", "twitter"] as const;

const shape = object({
  platform: picklist(PLATFORMS, "Choose a platform."),
  username: pipe(
    string(),
    trim(),
    nonEmpty("Enter the account's handle."),
    regex(/^@?[\w.]+$/, "Write the handle as the platform shows it: letters, digits, _ and dots."),
  ),
  timezone: pipe(string(), nonEmpty("Choose a time zone.")),
  established: boolean(),
});

type Values = InferOutput<typeof shape>;

const FORM = "add-account";

export function AddDialog({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const client = useQueryClient();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [zone] = useState(browserZone);
  const zones = useMemo(() => zoneOptions(zone), [zone]);
  const form = useForm<Values>({
    resolver: standardSchemaResolver(shape),
    defaultValues: { platform: "tiktok", username: "", timezone: zone, established: false },
  });
  const { errors, isSubmitting } = form.formState;

  function refuse(refusal: ApiProblem) {
    const known = fieldErrors(refusal, ["platform", "username", "timezone", "established"] as const);
    for (const { name, detail } of known) form.setError(name, { message: detail });
    if (known[0] === undefined) setProblem(refusal);
    else form.setFocus(known[0].name);
  }

  async function submit(values: Values) {
    setProblem(null);
    try {
      const account = await addAccount({ ...values, username: values.username.replace(/^@/, "") });
      void client.invalidateQueries({ queryKey: ["accounts"] });
      router.push(accountHref(account.id));
    } catch (error) {
      refuse(asProblem(error));
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Add account"
      description="You connect it on the next page. Nothing is sent before that."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={FORM} busy={isSubmitting}>
            Add account
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
        <Field label="Platform" error={errors.platform?.message}>
          {(control) => (
            <Select
              {...control}
              {...form.register("platform")}
              options={PLATFORMS.map((value) => ({ value, label: PLATFORM_NAME[value] }))}
            />
          )}
        </Field>
        <Field label="Username" hint="The handle, without the address." error={errors.username?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register("username")}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              placeholder="your_handle"
            />
          )}
        </Field>
        <Field
          label="Time zone"
          hint="Days, limits and waking hours are counted here."
          error={errors.timezone?.message}
        >
          {(control) => <Select {...control} {...form.register("timezone")} options={zones} />}
        </Field>
        <Checkbox
          {...form.register("established")}
          label="Established: it has been active for months, and I confirm that"
        />
        <p className="-mt-2 text-xs text-ink-3">
          An established account may start in phase 2. Who confirmed it is recorded.
        </p>
      </form>
    </Dialog>
  );
}
