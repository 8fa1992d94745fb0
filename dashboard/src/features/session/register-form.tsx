"use client";

import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { email, minLength, nonEmpty, object, pipe, string, type InferOutput } from "valibot";
import { asProblem, type ApiProblem } from "@/api/problem";
import type { RegisterInput } from "@/api/types/users";
import { Button } from "@/ui/button";
import { ErrorNote } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { Link } from "@/ui/link";
import { AuthCard } from "./auth-card";
import { register, signIn } from "./queries";

const PASSWORD_LENGTH = 15;

const shape = object({
  display_name: string(),
  email: pipe(string(), nonEmpty("Enter your email address."), email("This is not an email address.")),
  password: pipe(string(), minLength(PASSWORD_LENGTH, `Use at least ${PASSWORD_LENGTH} characters.`)),
  workspace_name: string(),
});

type Values = InferOutput<typeof shape>;

const FIELDS = [
  { name: "display_name", label: "Your name", type: "text", autoComplete: "name", hint: undefined },
  { name: "email", label: "Email", type: "email", autoComplete: "username", hint: undefined },
  {
    name: "password",
    label: "Password",
    type: "password",
    autoComplete: "new-password",
    hint: `At least ${PASSWORD_LENGTH} characters. A few unrelated words do well.`,
  },
  {
    name: "workspace_name",
    label: "Workspace name (optional)",
    type: "text",
    autoComplete: "organization",
    hint: undefined,
  },
] as const;

function inputOf(values: Values): RegisterInput {
  const name = values.display_name.trim();
  const workspace = values.workspace_name.trim();
  return {
    email: values.email,
    password: values.password,
    ...(name === "" ? {} : { display_name: name }),
    ...(workspace === "" ? {} : { workspace_name: workspace }),
  };
}

export function RegisterForm() {
  const router = useRouter();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const form = useForm<Values>({
    resolver: standardSchemaResolver(shape),
    defaultValues: { display_name: "", email: "", password: "", workspace_name: "" },
  });
  const { errors, isSubmitting } = form.formState;

  /** Puts each refused field's reason beside it; what belongs to no field goes above the form. */
  function showProblem(refusal: ApiProblem) {
    const known = FIELDS.flatMap(({ name }) => {
      const found = refusal.fieldProblem(name);
      return found === undefined ? [] : [{ name, detail: found.detail }];
    });
    for (const { name, detail } of known) form.setError(name, { message: detail });
    const first = known[0];
    if (first === undefined) setProblem(refusal);
    else form.setFocus(first.name);
  }

  async function submit(values: Values) {
    setProblem(null);
    try {
      await register(inputOf(values));
      await signIn({ email: values.email, password: values.password });
      router.replace("/");
    } catch (error) {
      showProblem(asProblem(error));
    }
  }

  return (
    <AuthCard
      title="Create your account"
      footer={
        <>
          Already have one?{" "}
          <Link href="/login/" className="font-medium text-accent-text underline">
            Sign in
          </Link>
        </>
      }
    >
      <form
        noValidate
        method="post"
        onSubmit={(event) => void form.handleSubmit(submit)(event)}
        className="flex flex-col gap-4"
      >
        {problem === null ? null : <ErrorNote error={problem} />}
        {FIELDS.map(({ name, label, hint, ...input }) => (
          <Field key={name} label={label} hint={hint} error={errors[name]?.message}>
            {(control) => <Input {...control} {...form.register(name)} {...input} className="h-9" />}
          </Field>
        ))}
        <Button type="submit" kind="primary" size="decision" busy={isSubmitting}>
          Create account
        </Button>
      </form>
    </AuthCard>
  );
}
