// The types that `rampart codegen` fills in. Nothing of this exists at run time: a typed client is the very same client.
import type { JsonValue, User } from '@rampart/evaluation'
import type { Widened } from './alike.ts'

/** What is known of a flag when the code is compiled: the values of its variants, and their names. */
export interface KnownFlag {
  value: JsonValue
  variant: string
}

/** The flags of a project by key, as `rampart codegen` writes them. */
export type KnownFlags = { readonly [flag: string]: KnownFlag }

/** A key that is known. */
export type FlagKey<Flags> = keyof Flags & string

/** Whether the compiler knows the flags: a type with every key says nothing. */
export type IfKnown<Flags, Known, Unknown> = string extends keyof Flags ? Unknown : Known

/** A fallback adds to the type of the answer what is not in it already. */
export type AnswerOf<Value, Fallback> = Fallback extends Value ? Value : Value | Fallback

/** Values by key. A flag that the service does not know yet is not among them. */
export type KnownValues<Flags extends KnownFlags> = { [Key in FlagKey<Flags>]?: Flags[Key]['value'] }

/** Asking about a user: other keys, and fallbacks of another type, do not compile. */
export interface TypedAnswers<Flags extends KnownFlags> {
  /**
   * For a boolean flag its value; for others whether the user gets something else than the off variant or the control.
   * Counts an exposure. `fallback` is the answer while the flag is unknown.
   */
  isEnabled(flag: FlagKey<Flags>, user: User, fallback?: boolean): boolean
  /** Name of the variant this user gets. Counts an exposure. */
  variant<Key extends FlagKey<Flags>>(flag: Key, user: User): Flags[Key]['variant'] | undefined
  variant<Key extends FlagKey<Flags>, Fallback extends string>(
    flag: Key,
    user: User,
    fallback: Fallback,
  ): Flags[Key]['variant'] | Fallback
  /** Value of the variant this user gets; `fallback` when the flag is unknown or its values are of another type. */
  value<Key extends FlagKey<Flags>, Fallback extends Widened<Flags[Key]['value']> | null>(
    flag: Key,
    user: User,
    fallback: Fallback,
  ): AnswerOf<Flags[Key]['value'], Fallback>
  /** The values of all flags for one user, by flag key. Counts nothing. */
  allFlags(user: User): KnownValues<Flags>
}

/** Asking where the user is known: in a page, or in one request. */
export interface TypedAnswersForOne<Flags extends KnownFlags> {
  /**
   * For a boolean flag its value; for others whether the user gets something else than the off variant or the control.
   * Counted. `fallback` is the answer while the flag is unknown.
   */
  isEnabled(flag: FlagKey<Flags>, fallback?: boolean): boolean
  /** Name of the variant. Counted. */
  variant<Key extends FlagKey<Flags>>(flag: Key): Flags[Key]['variant'] | undefined
  variant<Key extends FlagKey<Flags>, Fallback extends string>(
    flag: Key,
    fallback: Fallback,
  ): Flags[Key]['variant'] | Fallback
  /** Value of the variant; `fallback` when the flag is unknown or its values are of another type. Counted. */
  value<Key extends FlagKey<Flags>, Fallback extends Widened<Flags[Key]['value']> | null>(
    flag: Key,
    fallback: Fallback,
  ): AnswerOf<Flags[Key]['value'], Fallback>
}

/** Any client that is asked about users, whether its compiler knows the flags or not. Generated accessors call it. */
export interface AnyClient {
  isEnabled(flag: never, user: User, fallback?: boolean): boolean
  value(flag: never, user: User, fallback: never): unknown
}
