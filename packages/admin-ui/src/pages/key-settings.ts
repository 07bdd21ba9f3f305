import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import { bindSdkKey, createSdkKey, listSdkKeys, revokeSdkKey, rotateSdkKey } from '../api/sdk-keys.ts'
import '../components/load-failure.ts'
import '../components/list-skeleton.ts'
import '../components/new-key-notice.ts'
import '../components/origins-dialog.ts'
import type { OriginsChange, OriginsDialog } from '../components/origins-dialog.ts'
import { originsField } from '../components/origins-field.ts'
import '../components/secret-list.ts'
import type { ListedSecret, RotationAsked } from '../components/secret-list.ts'
import type { NewSdkKey, SdkKey } from '../contract.ts'
import { told } from '../controls/told.ts'
import { announce } from '../state/announce.ts'
import { Attempt } from '../state/attempt.ts'
import { Clock } from '../state/clock.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { settings } from '../styles/settings.styles.ts'
import { LIFETIMES } from '../words/lifetimes.ts'
import { pagesInWords, readOrigins } from '../words/origins.ts'

const CUT_OFF =
  'Applications that use it are cut off within five seconds. They go on with the last configuration they have and see no further change, not even a kill.'

/** SDK keys of the environment on screen: all that a stranger needs to connect an application. */
@customElement('key-settings')
export class KeySettings extends LitElement {
  static override styles = [
    base,
    card,
    controls,
    settings,
    css`
      .line .wide {
        flex-basis: 100%;
      }
      .wide .field {
        max-width: 652px;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @query('form') private form!: HTMLFormElement
  @query('origins-dialog') private origins!: OriginsDialog
  @state() private created: NewSdkKey | null = null
  @state() private kind: SdkKey['kind'] = 'server'
  @state() private bound: SdkKey | null = null

  #rights = new Rights(this)

  #attempt = new Attempt(this)
  #binding = new Attempt(this)
  #clock = new Clock(this)

  #keys = new Task(this, {
    args: () => [this.scope.project, this.scope.environment.key] as const,
    task: ([project, environment], { signal }) => listSdkKeys(project, environment, signal),
  })

  async #create(event: SubmitEvent) {
    event.preventDefault()
    const data = new FormData(this.form)
    const name = String(data.get('name') ?? '').trim()
    const { kind } = this
    const days = Number(data.get('days'))
    if (!name) {
      this.#attempt.refuse('Name the key after the application that will use it.')
      this.form.querySelector('wa-input')?.focus()
      return
    }
    await this.#act(async () => {
      this.created = await createSdkKey(this.#project, this.#environment, {
        kind,
        name,
        ...(days ? { days } : {}),
        ...(kind === 'client' ? { origins: readOrigins(data.get('origins')) } : {}),
      })
      this.form.reset()
      this.kind = 'server'
      announce(this, 'Key created. It is shown once.')
    })
  }

  #rotate({ id, overlapHours }: RotationAsked) {
    return this.#act(async () => {
      this.created = await rotateSdkKey(this.#project, this.#environment, id, overlapHours)
      announce(this, 'New key made. It is shown once.')
    })
  }

  #revoke(id: string) {
    return this.#act(async () => {
      await revokeSdkKey(this.#project, this.#environment, id)
      if (this.created?.id === id) this.created = null
      announce(this, 'Revoked.')
    })
  }

  async #ask(key: SdkKey | undefined) {
    if (!key) return
    this.bound = key
    this.#binding.refuse('')
    await this.updateComplete
    await this.origins.updateComplete
    this.origins.open()
  }

  async #bind({ id, origins }: OriginsChange) {
    const isDone = await this.#binding.run(async () => {
      await bindSdkKey(this.#project, this.#environment, id, origins)
    })
    if (!isDone) return
    this.origins.close()
    announce(this, 'Saved. Every replica knows within five seconds.')
    void this.#keys.run()
  }

  async #act(act: () => Promise<void>) {
    if (await this.#attempt.run(act)) void this.#keys.run()
  }

  get #project() {
    return this.scope.project
  }

  get #environment() {
    return this.scope.environment.key
  }

  override render() {
    const { waiting, failure } = this.#attempt
    const refusal = this.#rights.refusal('sdk-keys:write')
    return html`<section class="card" aria-labelledby="keys-title">
      <header><h2 id="keys-title">SDK keys of ${this.#environment}</h2></header>
      ${refusal ? html`<p class="muted">To make, rotate or revoke keys here: ${refusal}</p>` : this.#form(waiting)}
      <div class="notice red" id="failure" role="alert" ?hidden=${!failure}>${failure}</div>
      ${this.created ? html`<new-key-notice .created=${this.created}></new-key-notice>` : nothing}
      ${this.#keys.render({
        pending: () =>
          this.#keys.value ? this.#list(this.#keys.value) : html`<list-skeleton .rows=${2}></list-skeleton>`,
        complete: (keys) => this.#list(keys),
        error: (error) =>
          html`<load-failure what="The keys" .why=${errorText(error)} @retry=${() => this.#keys.run()}></load-failure>`,
      })}
      ${this.bound ? this.#dialog(this.bound) : nothing}
    </section>`
  }

  #dialog(key: SdkKey) {
    const { waiting, failure } = this.#binding
    return html`<origins-dialog
      .sdkKey=${key}
      .failure=${failure}
      .saving=${waiting}
      @save-origins=${(event: CustomEvent<OriginsChange>) => this.#bind(event.detail)}
    ></origins-dialog>`
  }

  #form(waiting: boolean) {
    return html`<form class="line" @submit=${this.#create} novalidate>
        <wa-input
          id="name"
          name="name"
          label="Application"
          placeholder="shop"
          maxlength="100"
          autocomplete="off"
          ${told('failure')}
        ></wa-input>
        <div class="field">
          <label for="kind">Used in</label>
          <select
            id="kind"
            name="kind"
            class="input"
            @change=${(event: Event) => {
              this.kind = (event.target as HTMLSelectElement).value === 'client' ? 'client' : 'server'
            }}
          >
            <option value="server">a server: rules, secret</option>
            <option value="client">pages and apps: values only, public</option>
          </select>
        </div>
        <div class="field">
          <label for="days">Lasts</label>
          <select id="days" name="days" class="input">
            ${LIFETIMES.map(([days, words]) => html`<option value=${days ?? ''}>${words}</option>`)}
          </select>
        </div>
        ${this.kind === 'client' ? html`<div class="wide">${originsField('failure')}</div>` : nothing}
        <wa-button type="submit" variant="brand" ?disabled=${waiting}>Create key</wa-button>
      </form>`
  }

  #list(keys: SdkKey[]) {
    return html`<secret-list
      kind="key"
      .secrets=${keys.map((key) => listed(key, this.#rights.has('sdk-keys:write')))}
      .consequence=${CUT_OFF}
      empty="No application is connected with a key of ${this.#environment} yet."
      .now=${this.#clock.now}
      @edit=${(event: CustomEvent<string>) => this.#ask(keys.find(({ id }) => id === event.detail))}
      @rotate=${(event: CustomEvent<RotationAsked>) => this.#rotate(event.detail)}
      @revoke=${(event: CustomEvent<string>) => this.#revoke(event.detail)}
    ></secret-list>`
  }
}

function listed(key: SdkKey, revocable: boolean): ListedSecret {
  const { kind, origins } = key
  if (kind === 'server') return { ...key, scope: 'for servers', revocable }
  return { ...key, scope: `for apps and ${pagesInWords(origins)}`, revocable: true, editable: 'Origins' }
}

declare global {
  interface HTMLElementTagNameMap {
    'key-settings': KeySettings
  }
}
