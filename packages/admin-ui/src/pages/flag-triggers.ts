import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js'
import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { createTrigger, listTriggers, revokeTrigger } from '../api/triggers.ts'
import '../components/load-failure.ts'
import '../components/trigger-list.ts'
import type { NewTrigger, Trigger } from '../contract.ts'
import { told } from '../controls/told.ts'
import { announce } from '../state/announce.ts'
import { Clock } from '../state/clock.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { copyText } from '../state/copy-text.ts'
import { errorText } from '../state/errors.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/** The card of kill triggers: addresses with which an alert manager kills this flag by itself. */
@customElement('flag-triggers')
export class FlagTriggers extends LitElement {
  static override styles = [
    base,
    controls,
    card,
    css`
      .stack,
      .notice {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 12px;
      }
      :is(.field, wa-input) {
        flex: 1 1 220px;
        max-width: 360px;
      }
      .notice.new {
        border-color: var(--accent);
      }
      .notice code {
        overflow-wrap: anywhere;
        user-select: all;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @query('#name') private nameField!: WaInput

  @property() flagKey = ''

  @state() private created: NewTrigger | null = null
  @state() private copied = false
  @state() private failure = ''
  @state() private waiting = false

  #rights = new Rights(this)

  #clock = new Clock(this)

  #triggers = new Task(this, {
    args: () => [this.scope.project, this.flagKey, this.scope.environment.key] as const,
    task: ([project, flag, environment], { signal }) => listTriggers(project, flag, environment, signal),
  })

  async #create(event: SubmitEvent) {
    event.preventDefault()
    const name = (this.nameField.value ?? '').trim()
    if (!name) {
      this.failure = 'Name it after the alert that will call it.'
      this.nameField.focus()
      return
    }
    const { project, environment } = this.scope
    await this.#attempt(async () => {
      this.created = await createTrigger(project, this.flagKey, environment.key, name)
      this.copied = false
      this.nameField.value = ''
      announce(this, 'Trigger made. Its address is shown once.')
    })
  }

  async #revoke({ id, name }: Trigger) {
    const { project, environment } = this.scope
    await this.#attempt(async () => {
      await revokeTrigger(project, this.flagKey, environment.key, id)
      if (this.created?.id === id) this.created = null
      announce(this, `Revoked ${name}.`)
    })
  }

  async #attempt(act: () => Promise<void>) {
    this.waiting = true
    this.failure = ''
    try {
      await act()
      void this.#triggers.run()
    } catch (error) {
      this.failure = errorText(error)
    } finally {
      this.waiting = false
    }
  }

  override render() {
    const { environment } = this.scope
    const refusal = this.#rights.refusal('triggers:write')
    return html`<section class="card" aria-labelledby="title">
      <header><h2 id="title">Let an alert kill it</h2></header>
      <div class="stack">
        <p class="muted">
          An address for Alertmanager, Grafana or PagerDuty. A firing alert kills this flag in ${environment.key}; the end of the
          alert does nothing.
        </p>
        ${refusal ? html`<p class="muted">To make one: ${refusal}</p>` : this.#form()}
        <div class="notice red" id="failure" role="alert" ?hidden=${!this.failure}>${this.failure}</div>
        ${this.created ? this.#address(this.created) : nothing}
        ${this.#triggers.render({
          complete: (triggers) =>
            html`<trigger-list
              .triggers=${triggers}
              .now=${this.#clock.now}
              .readonly=${refusal !== ''}
              @revoke=${(event: CustomEvent<Trigger>) => this.#revoke(event.detail)}
            ></trigger-list>`,
          error: (error) =>
            html`<load-failure what="The triggers" .why=${errorText(error)} @retry=${() => this.#triggers.run()}></load-failure>`,
        })}
      </div>
    </section>`
  }

  #form() {
    return html`<form @submit=${this.#create} novalidate>
          <wa-input
            id="name"
            label="Alert"
            placeholder="PaymentErrors"
            maxlength="100"
            autocomplete="off"
            ${told('failure')}
          ></wa-input>
          <wa-button type="submit" appearance="outlined" ?disabled=${this.waiting}>Make a trigger</wa-button>
        </form>`
  }

  #address({ name, path }: NewTrigger) {
    const address = location.origin + path
    return html`<div class="notice new">
      <p><strong>This address is shown once.</strong> Give it to the alert ${name}. Whoever has it can kill this flag, and nothing else.</p>
      <code>${address}</code>
      <div>
        <wa-button
          appearance="outlined"
          size="s"
          @click=${async () => {
            this.copied = await copyText(address)
          }}
        >
          ${this.copied ? 'Copied' : 'Copy the address'}
        </wa-button>
      </div>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flag-triggers': FlagTriggers
  }
}
