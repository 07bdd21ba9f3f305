import { z } from '@hono/zod-openapi'
import { strictObject } from '../http/strict-object.ts'
import { PASSWORD_MAX, PASSWORD_MIN } from './password-rules.ts'

export const emailSchema = z
  .email('This is not an e-mail address.')
  .max(254)
  .transform((email) => email.toLowerCase())

export const personNameSchema = z.string().trim().min(1, 'Say who you are: the history shows it.').max(100)

export const newPasswordSchema = z
  .string()
  .min(PASSWORD_MIN, `Choose a password of at least ${PASSWORD_MIN} characters.`)
  .max(PASSWORD_MAX, `A password has at most ${PASSWORD_MAX} characters.`)

/** A password that exists already: no rule but its size, which the hash is spared. */
const passwordSchema = z.string().min(1, 'Enter your password.').max(PASSWORD_MAX)

const linkSecretSchema = z.string().min(1).max(256)

export const passwordSignInSchema = strictObject({ email: emailSchema, password: passwordSchema })

export const codeSchema = z
  .string()
  .transform((code) => code.replaceAll(/\s/g, ''))
  .pipe(z.string().min(6, 'A code has six digits; a backup code is longer.').max(32))

export const secondFactorSchema = strictObject({ code: codeSchema })

export const setUpSchema = strictObject({
  secret: linkSecretSchema,
  name: personNameSchema,
  email: emailSchema,
  password: newPasswordSchema,
})

export const lookSchema = strictObject({ secret: linkSecretSchema })

export const acceptSchema = strictObject({
  secret: linkSecretSchema,
  name: personNameSchema,
  password: newPasswordSchema,
})

export const changePasswordSchema = strictObject({ password: passwordSchema, newPassword: newPasswordSchema })

/** Empty for somebody who has no password, because they sign in elsewhere. */
export const confirmPasswordSchema = strictObject({ password: z.string().max(PASSWORD_MAX).optional() })

/** How a sign-in went on. */
export const signInAnswerSchema = z.object({ secondFactor: z.boolean() }).openapi('SignIn')
