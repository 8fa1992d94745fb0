"use client";

import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { nonEmpty, object, picklist, pipe, regex, string, trim, type InferOutput } from "valibot";
import { asProblem, type ApiProblem } from "@/api/problem";
import type { EgressPresetFacts, EgressScheme, NewEgress } from "@/api/types/egress";
import { addEgress, egressPresetsQuery } from "@/lib/egress-queries";
import { fieldErrors } from "@/lib/form-problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorNote } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { Select } from "@/ui/select";

const PRESETS = ["custom", "iproyal", "smartproxy", "brightdata"] as const;
const SCHEMES = ["http", "https", "socks5"] as const;
const SCHEME_NAME: Record<EgressScheme, string> = { http: "HTTP", https: "HTTPS", socks5: "SOCKS5" };

const shape = object({
  preset: picklist(PRESETS),
  name: pipe(string(), trim(), nonEmpty("Enter a name.")),
  scheme: picklist(SCHEMES),
  host: pipe(string(), trim()),
  port: pipe(string(), trim(), regex(/^\d{0,5}$/, "A number from 1 to 65535.")),
  country: pipe(string(), trim(), regex(/^([A-Za-z]{2})?$/, "Two letters, as DE.")),
  user: string(),
  password: string(),
});

type Values = InferOutput<typeof shape>;

const FORM = "add-egress";
const NAMES = ["preset", "name", "scheme", "host", "port", "country", "user", "password"] as const;

/** What was left empty is not sent: the provider's own value holds then. */
export function egressOf({ preset, name, scheme, port, ...rest }: Values): NewEgress {
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ""));
  return { preset, name, scheme, ...given, ...(port === "" ? {} : { port: Number(port) }) };
}

export function EgressDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const presets = useQuery(egressPresetsQuery).data?.items ?? [];
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const form = useForm<Values>({
    resolver: standardSchemaResolver(shape),
    defaultValues: {
      preset: "custom",
      name: "",
      scheme: "http",
      host: "",
      port: "",
      country: "",
      user: "",
      password: "",
    },
  });
  const { errors, isSubmitting } = form.formState;
  const [preset, scheme] = useWatch({ control: form.control, name: ["preset", "scheme"] });
  const facts = presets.find((one) => one.preset === preset);

  async function submit(values: Values) {
    setProblem(null);
    try {
      await addEgress(egressOf(values));
      void client.invalidateQueries({ queryKey: ["egress"] });
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
      title="Add proxy"
      description="User and password are encrypted and never shown again."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={FORM} busy={isSubmitting}>
            Add proxy
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        noValidate
        autoComplete="off"
        onSubmit={(event) => void form.handleSubmit(submit)(event)}
        className="flex flex-col gap-4"
      >
        {problem === null ? null : <ErrorNote error={problem} />}
        <Field label="Provider" hint={hintOf(facts)} error={errors.preset?.message}>
          {(control) => (
            <Select
              {...control}
              {...form.register("preset")}
              options={PRESETS.map((value) => ({
                value,
                label: presets.find((one) => one.preset === value)?.name ?? value,
              }))}
            />
          )}
        </Field>
        <Field label="Name" error={errors.name?.message}>
          {(control) => <Input {...control} {...form.register("name")} />}
        </Field>
        <div className="grid grid-cols-[minmax(0,1fr)_6rem] gap-x-3 gap-y-4 sm:grid-cols-[7rem_minmax(0,1fr)_6rem]">
          <Field label="Kind" error={errors.scheme?.message} className="max-sm:col-span-2">
            {(control) => (
              <Select
                {...control}
                {...form.register("scheme")}
                options={SCHEMES.map((value) => ({ value, label: SCHEME_NAME[value] }))}
              />
            )}
          </Field>
          <Field label="Host" error={errors.host?.message}>
            {(control) => (
              <Input
                {...control}
                {...form.register("host")}
                placeholder={facts?.host ?? "proxy.example.com"}
              />
            )}
          </Field>
          <Field label="Port" error={errors.port?.message}>
            {(control) => (
              <Input
                {...control}
                {...form.register("port")}
                inputMode="numeric"
                placeholder={String(facts?.ports[scheme] ?? "")}
              />
            )}
          </Field>
        </div>
        <Field label="User" error={errors.user?.message}>
          {(control) => <Input {...control} {...form.register("user")} spellCheck={false} />}
        </Field>
        <Field label="Password" error={errors.password?.message}>
          {(control) => (
            <Input {...control} {...form.register("password")} type="password" autoComplete="new-password" />
          )}
        </Field>
        {facts?.country === true ? (
          <Field label="Country" hint="Empty: any." error={errors.country?.message} className="max-w-24">
            {(control) => <Input {...control} {...form.register("country")} maxLength={2} placeholder="DE" />}
          </Field>
        ) : null}
      </form>
    </Dialog>
  );
}

function hintOf(facts: EgressPresetFacts | undefined): string | undefined {
  if (facts === undefined) return undefined;
  if (facts.preset === "custom") return facts.source;
  const parts = [facts.note, `Source: ${facts.source} (${facts.as_of}).`, facts.unverified];
  return parts.filter((part) => part !== "").join(" ");
}
