"use client";

import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { asProblem, type ApiProblem } from "@/api/problem";
import type { Rule } from "@/api/types/targeting";
import { fieldErrors } from "@/lib/form-problem";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog } from "@/ui/dialog";
import { ErrorNote } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { Textarea } from "@/ui/textarea";
import { addRule, changeRule } from "./queries";
import { ActionFields, PlaceFields } from "./rule-fields";
import { ruleHref } from "./rule-words";
import { inputOf, ruleShape, valuesOf, type RuleValues } from "./rule-values";

const FORM = "rule-form";
/** Adds a rule, or with `rule` changes it; its platform is then fixed, as its candidates belong to it. */
export function RuleForm({ rule, onClose }: { rule: Rule | null; onClose: () => void }) {
  const client = useQueryClient();
  const router = useRouter();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const form = useForm<RuleValues>({
    resolver: standardSchemaResolver(ruleShape),
    defaultValues: valuesOf(rule),
  });
  const { register } = form;
  const { errors, isSubmitting } = form.formState;
  function refuse(refusal: ApiProblem) {
    const known = fieldErrors(refusal, Object.keys(form.getValues()) as (keyof RuleValues)[]);
    for (const { name, detail } of known) form.setError(name, { message: detail });
    if (known.length === 0) setProblem(refusal);
  }

  async function submit(values: RuleValues) {
    setProblem(null);
    try {
      const input = inputOf(values);
      const { platform: fixed, ...change } = input;
      const saved =
        rule === null ? await addRule({ ...change, platform: fixed }) : await changeRule(rule.id, change);
      void client.invalidateQueries({ queryKey: ["targeting"] });
      onClose();
      if (rule === null) router.push(ruleHref(saved.id));
    } catch (error) {
      refuse(asProblem(error));
    }
  }

  return (
    <Dialog
      open
      form="sheet"
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={rule === null ? "New rule" : "Edit rule"}
      description="Whom to look for, and what to propose to them. Nothing is sent without the approvals that the phase asks for."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={FORM} busy={isSubmitting}>
            {rule === null ? "Add rule" : "Save"}
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
        <Field label="Name" error={errors.name?.message}>
          {(control) => <Input {...control} {...register("name")} maxLength={80} autoComplete="off" />}
        </Field>
        <PlaceFields form={form} fixed={rule !== null} />
        <Field label="Keywords" hint="One per line or comma." error={errors.keywords?.message}>
          {(control) => <Textarea {...control} {...register("keywords")} rows={3} />}
        </Field>
        <Field
          label="Handles"
          hint="People you name yourself. One per line or comma."
          error={errors.handles?.message}
        >
          {(control) => (
            <Textarea
              {...control}
              {...register("handles")}
              rows={2}
              autoCapitalize="none"
              spellCheck={false}
            />
          )}
        </Field>
        <ActionFields form={form} />
        <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
          <Field label="Proposals a day" error={errors.daily_budget?.message}>
            {(control) => (
              <Input
                {...control}
                {...register("daily_budget", { valueAsNumber: true })}
                type="number"
                inputMode="numeric"
              />
            )}
          </Field>
          <Field label="Fewest followers" error={errors.min_followers?.message}>
            {(control) => (
              <Input {...control} {...register("min_followers")} inputMode="numeric" placeholder="Any" />
            )}
          </Field>
          <Field label="Most followers" error={errors.max_followers?.message}>
            {(control) => (
              <Input {...control} {...register("max_followers")} inputMode="numeric" placeholder="Any" />
            )}
          </Field>
        </div>
        <Field
          label="Text template"
          hint="{name}, {handle} and {topic} are filled in; {one|another} picks one. Empty: SocialSeed drafts the text."
          error={errors.text_template?.message}
        >
          {(control) => <Textarea {...control} {...register("text_template")} rows={3} maxLength={500} />}
        </Field>
        <Checkbox {...register("is_active")} label="Active" />
      </form>
    </Dialog>
  );
}
