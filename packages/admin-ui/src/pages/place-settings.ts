import { consume } from '@lit/context'
import { css, html, LitElement } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { createEnvironment, createProject, editEnvironment } from '../api/projects.ts'
import '../components/environment-list.ts'
import type { EnvironmentChange } from '../components/environment-list.ts'
import { announce } from '../state/announce.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText } from '../state/errors.ts'
import { Rights } from '../state/rights.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'

/**
 * The environments of the project on screen, and new ones; new projects.
 *
 * @fires places-changed - projects or environments are others now; bubbles to the frame, which knows them
 */
@customElement('place-settings')
export class PlaceSettings extends LitElement {
  static override styles = [
    base,
    card,
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 12px;
        margin-top: 16px;
      }
      :is(.field, wa-input) {
        flex: 1 1 160px;
        max-width: 280px;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  #rights = new Rights(this)

  @state() private saving = false
  @state() private failure: { card: 'environments' | 'project'; why: string } | null = null

  #change({ environment, patch }: EnvironmentChange) {
    return this.#attempt('environments', async () => {
      await editEnvironment(this.scope.project, environment, patch)
      announce(this, `Saved ${environment}.`)
    })
  }

  #addEnvironment(event: SubmitEvent) {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const text = textsOf(form)
    return this.#attempt('environments', async () => {
      const copyFrom = text('copyFrom')
      const environment = { key: text('key'), name: text('name') || text('key'), ...(copyFrom ? { copyFrom } : {}) }
      await createEnvironment(this.scope.project, environment)
      form.reset()
      announce(this, `Created ${environment.key}.`)
    })
  }

  #addProject(event: SubmitEvent) {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const text = textsOf(form)
    return this.#attempt('project', async () => {
      await createProject({ key: text('key'), name: text('name') || text('key') })
      form.reset()
      announce(this, `Created the project ${text('key')}.`)
    })
  }

  async #attempt(where: 'environments' | 'project', act: () => Promise<void>) {
    this.saving = true
    this.failure = null
    try {
      await act()
      this.dispatchEvent(new Event('places-changed', { bubbles: true, composed: true }))
    } catch (error) {
      this.failure = { card: where, why: errorText(error) }
    } finally {
      this.saving = false
    }
  }

  override render() {
    const { project, environments } = this.scope
    const refusal = this.#rights.refusal('projects:write', null) || this.#rights.refusal('settings:write', null)
    return html`<section class="card" aria-labelledby="environments-title">
        <header><h2 id="environments-title">Environments of ${project}</h2></header>
        <environment-list
          .environments=${environments}
          .saving=${this.saving || refusal !== ''}
          @change-environment=${(event: CustomEvent<EnvironmentChange>) => this.#change(event.detail)}
        ></environment-list>
        ${refusal ? html`<p class="muted">To add one, or change its rules: ${refusal}</p>` : this.#newEnvironment()}
        ${this.#failed('environments')}
      </section>
      <section class="card" aria-labelledby="project-title">
        <header><h2 id="project-title">New project</h2></header>
        <p class="muted">Flags, environments, keys and history of their own.</p>
        <form @submit=${this.#addProject} aria-label="New project">
          ${field('project-key', 'key', 'Key', 'shop')} ${field('project-name', 'name', 'Name', 'Shop')}
          <wa-button type="submit" appearance="outlined" ?disabled=${this.saving}>Create project</wa-button>
        </form>
        ${this.#failed('project')}
      </section>`
  }

  #newEnvironment() {
    const { environments } = this.scope
    return html`<form @submit=${this.#addEnvironment} aria-label="New environment">
          ${field('environment-key', 'key', 'Key of a new environment', 'preview')}
          ${field('environment-name', 'name', 'Name', 'Preview')}
          <div class="field">
            <label for="copyFrom">Flags as in</label>
            <select id="copyFrom" name="copyFrom" class="input">
              <option value="">nowhere: everything off</option>
              ${environments.map(({ key }) => html`<option value=${key}>${key}</option>`)}
            </select>
          </div>
          <wa-button type="submit" appearance="outlined" ?disabled=${this.saving}>Add environment</wa-button>
        </form>`
  }

  #failed(where: 'environments' | 'project') {
    const why = this.failure?.card === where ? this.failure.why : ''
    return html`<div class="notice red" role="alert" ?hidden=${!why}>${why}</div>`
  }
}

function textsOf(form: HTMLFormElement) {
  const data = new FormData(form)
  return (name: string) => String(data.get(name) ?? '').trim()
}

function field(id: string, name: string, label: string, example: string) {
  const isKey = name === 'key'
  return html`<wa-input
    id=${id}
    class=${isKey ? 'mono' : ''}
    label=${label}
    name=${name}
    placeholder=${example}
    ?required=${isKey}
    autocomplete="off"
    spellcheck="false"
  ></wa-input>`
}

declare global {
  interface HTMLElementTagNameMap {
    'place-settings': PlaceSettings
  }
}
