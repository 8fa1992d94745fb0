"use client";

import { useQuery } from "@tanstack/react-query";
import { useWatch, type UseFormReturn } from "react-hook-form";
import { accountChoicesQuery } from "@/lib/shared-queries";
import { ACTION_NAME, PLATFORM_NAME } from "@/lib/words";
import { Checkbox } from "@/ui/checkbox";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { Select } from "@/ui/select";
import { RULE_ACTIONS } from "./rule-words";
import type { RuleValues } from "./rule-values";

const PLATFORMS = (["tiktok", "instagram", "twitter"] as const).map((value) => ({
  value,
  label: PLATFORM_NAME[value],
}));

/** Where the rule works: a platform, and one of its accounts or all of them. */
export function PlaceFields({ form, fixed }: { form: UseFormReturn<RuleValues>; fixed: boolean }) {
  const accounts = useQuery(accountChoicesQuery);
  const platform = useWatch({ control: form.control, name: "platform" });
  const { errors } = form.formState;
  const choices = (accounts.data?.items ?? [])
    .filter((account) => account.platform === platform)
    .map((account) => ({ value: account.id, label: `@${account.username}` }));
  return (
    <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
      <Field label="Platform" error={errors.platform?.message}>
        {(control) =>
          fixed ? (
            <Input {...control} value={PLATFORM_NAME[platform]} disabled />
          ) : (
            <Select
              {...control}
              {...form.register("platform", { onChange: () => form.setValue("account_id", "") })}
              options={PLATFORMS}
            />
          )
        }
      </Field>
      <Field
        label="Account"
        error={accounts.isError ? "The accounts could not be loaded." : errors.account_id?.message}
      >
        {(control) => (
          // The list may come after the value: a new key lets the browser choose again.
          <Select
            key={`${platform}-${choices.length}`}
            {...control}
            {...form.register("account_id")}
            placeholder="All of the platform"
            options={choices}
          />
        )}
      </Field>
    </div>
  );
}

export function ActionFields({ form }: { form: UseFormReturn<RuleValues> }) {
  const error = form.formState.errors.action_types?.message;
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1 font-medium">What to propose</legend>
      <div className="grid grid-cols-3 gap-x-3 gap-y-2 max-[359px]:grid-cols-2">
        {RULE_ACTIONS.map((type) => (
          <Checkbox key={type} {...form.register("action_types")} value={type} label={ACTION_NAME[type]} />
        ))}
      </div>
      {error === undefined ? null : (
        <p role="alert" className="text-xs text-red-text">
          {error}
        </p>
      )}
    </fieldset>
  );
}
