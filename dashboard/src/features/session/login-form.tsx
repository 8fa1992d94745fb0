"use client";

import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { email, nonEmpty, object, pipe, string, type InferOutput } from "valibot";
import { asProblem, type ApiProblem } from "@/api/problem";
import { safeNext } from "@/lib/next-path";
import { Button } from "@/ui/button";
import { ErrorNote } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { Link } from "@/ui/link";
import { AuthCard } from "./auth-card";
import { signIn } from "./queries";

const shape = object({
  email: pipe(string(), nonEmpty("Enter your email address."), email("This is not an email address.")),
  password: pipe(string(), nonEmpty("Enter your password.")),
});

type Values = InferOutput<typeof shape>;

/** What to do after a refused sign-in; undefined leaves it to the general rule. */
function stepAfter(problem: ApiProblem): string | undefined {
  return problem.code === "bad_credentials" ? "Check both and try again." : undefined;
}

export function LoginForm() {
  const router = useRouter();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const form = useForm<Values>({
    resolver: standardSchemaResolver(shape),
    defaultValues: { email: "", password: "" },
  });
  const { errors, isSubmitting } = form.formState;

  async function submit(values: Values) {
    setProblem(null);
    try {
      await signIn(values);
      router.replace(safeNext(window.location.search));
    } catch (error) {
      setProblem(asProblem(error));
      form.setFocus("password");
    }
  }

  const step = problem === null ? undefined : stepAfter(problem);
  return (
    <AuthCard
      title="Sign in"
      footer={
        <>
          New here?{" "}
          <Link href="/register/" className="font-medium text-accent-text underline">
            Create an account
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
        {problem === null ? null : <ErrorNote error={problem} {...(step === undefined ? {} : { step })} />}
        <Field label="Email" error={errors.email?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register("email")}
              type="email"
              autoComplete="username"
              className="h-9"
            />
          )}
        </Field>
        <Field label="Password" error={errors.password?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register("password")}
              type="password"
              autoComplete="current-password"
              className="h-9"
            />
          )}
        </Field>
        <Button type="submit" kind="primary" size="decision" busy={isSubmitting}>
          Sign in
        </Button>
      </form>
    </AuthCard>
  );
}
