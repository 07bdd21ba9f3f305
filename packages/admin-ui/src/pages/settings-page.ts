import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import { createSdkKey, listSdkKeys, revokeSdkKey } from '../api/sdk-keys.ts'
import '../components/load-failure.ts'
import '../components/list-skeleton.ts'
import '../components/new-key-notice.ts'
import '../components/sdk-key-list.ts'
import type { NewSdkKey, SdkKey } from '../contract.ts'
import { announce } from '../state/announce.ts'
import { Clock } from '../state/clock.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import './place-settings.ts'

/** SDK keys of the environment on screen: all that a stranger needs to connect an application. */
@customElement('settings-page')
export class SettingsPage extends LitElement {
  static override styles = [
    base,
    card,
    controls,
    css`
      .stack {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 12px;
        margin-bottom: 16px;
      }
      .field {
        flex: 1 1 220px;
        max-width: 360px;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @query('#name') private nameField!: HTMLInputElement

  @state() private created: NewSdkKey | null = null
  @state() private failure = ''
  @state() private waiting = false

  #clock = new Clock(this)

  #keys = new Task(this, {
    args: () => [this.scope.project, this.scope.environment.key] as const,
    task: ([project, environment], { signal }) => listSdkKeys(project, environment, signal),
  })

  override connectedCallback() {
    super.connectedCallback()
    document.title = 'Settings · Rampart'
  }

  async #create(event: SubmitEvent) {
    event.preventDefault()
    const name = this.nameField.value.trim()
    if (!name) {
      this.failure = 'Name the key after the application that will use it.'
      this.nameField.focus()
      return
    }
    await this.#attempt(async () => {
      this.created = await createSdkKey(this.scope.project, this.scope.environment.key, 'server', name)
      this.nameField.value = ''
      announce(this, 'Key created. It is shown once.')
    })
  }

  async #revoke(key: SdkKey) {
    await this.#attempt(async () => {
      await revokeSdkKey(this.scope.project, this.scope.environment.key, key.id)
      if (this.created?.id === key.id) this.created = null
      announce(this, `Revoked ${key.name}.`)
    })
  }

  async #attempt(act: () => Promise<void>) {
    this.waiting = true
    this.failure = ''
    try {
      await act()
      void this.#keys.run()
    } catch (error) {
      this.failure = errorText(error)
    } finally {
      this.waiting = false
    }
  }

  override render() {
    const { environment } = this.scope
    return html`<div class="stack">
      <h1>Settings</h1>
      <section class="card" aria-labelledby="keys-title">
        <header><h2 id="keys-title">SDK keys of ${environment.key}</h2></header>
        <form @submit=${this.#create} novalidate>
          <div class="field">
            <label for="name">Application</label>
            <input id="name" class="input" placeholder="shop" maxlength="100" autocomplete="off" aria-describedby="failure" />
          </div>
          <button class="button accent" ?disabled=${this.waiting}>Create key</button>
        </form>
        <div class="notice red" id="failure" role="alert" ?hidden=${!this.failure}>${this.failure}</div>
        ${this.created ? html`<new-key-notice .created=${this.created}></new-key-notice>` : nothing}
        ${this.#keys.render({
          pending: () =>
            this.#keys.value ? this.#list(this.#keys.value) : html`<list-skeleton .rows=${2}></list-skeleton>`,
          complete: (keys) => this.#list(keys),
          error: (error) =>
            html`<load-failure what="The keys" .why=${errorText(error)} @retry=${() => this.#keys.run()}></load-failure>`,
        })}
      </section>
      <place-settings></place-settings>
    </div>`
  }

  #list(keys: SdkKey[]) {
    return html`<sdk-key-list
      .keys=${keys}
      .environment=${this.scope.environment.key}
      .now=${this.#clock.now}
      @revoke=${(event: CustomEvent<SdkKey>) => this.#revoke(event.detail)}
    ></sdk-key-list>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'settings-page': SettingsPage
  }
}
