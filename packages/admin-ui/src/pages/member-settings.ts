import { consume } from '@lit/context'
import { Task } from '@lit/task'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, query, state } from 'lit/decorators.js'
import { giveRole, invite, listMembers, removeMember, takeBackInvitation } from '../api/members.ts'
import '../components/load-failure.ts'
import '../components/list-skeleton.ts'
import '../components/member-list.ts'
import '../components/rights-fields.ts'
import '../components/secret-notice.ts'
import type { RoleChange } from '../components/member-list.ts'
import type { Invitation, Member, Rights } from '../contract.ts'
import { told } from '../controls/told.ts'
import { announce } from '../state/announce.ts'
import { Attempt } from '../state/attempt.ts'
import { Clock } from '../state/clock.ts'
import { scopeContext, type Scope } from '../state/contexts.ts'
import { errorText, isRefused } from '../state/errors.ts'
import { base } from '../styles/base.styles.ts'
import { card } from '../styles/card.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { settings } from '../styles/settings.styles.ts'

const FIRST: Rights = { role: 'editor', production: false, kill: true }

/** Who may do what in the project, and inviting more. */
@customElement('member-settings')
export class MemberSettings extends LitElement {
  static override styles = [
    base,
    card,
    controls,
    settings,
    css`
      .line {
        align-items: start;
      }
      @media (min-width: 721px) {
        .line wa-button {
          margin-top: 21px;
        }
      }
      rights-fields {
        flex: 1 1 260px;
        max-width: 400px;
      }
    `,
  ]

  @consume({ context: scopeContext, subscribe: true })
  @state()
  private scope!: Scope

  @query('form') private form!: HTMLFormElement
  @state() private invited: { email: string; link: string } | null = null
  @state() private rights = FIRST

  #attempt = new Attempt(this)
  #clock = new Clock(this)

  #members = new Task(this, {
    args: () => [this.scope.project] as const,
    task: ([project], { signal }) => listMembers(project, signal),
  })

  async #invite(event: SubmitEvent) {
    event.preventDefault()
    const data = new FormData(this.form)
    const email = String(data.get('email') ?? '').trim()
    if (!email) {
      this.#attempt.refuse('Whom do you want to invite? Enter an e-mail address.')
      this.form.querySelector('wa-input')?.focus()
      return
    }
    const where = data.get('where') === 'all' ? null : this.scope.project
    await this.#act(async () => {
      const { path } = await invite(where, { email, ...this.rights })
      this.invited = { email, link: location.origin + path }
      this.form.reset()
      this.rights = FIRST
      announce(this, 'Invitation made. Its link is shown once.')
    })
  }

  #change({ member, rights }: RoleChange) {
    return this.#act(async () => {
      await giveRole(this.#where(member), member.id, rights)
      announce(this, `Saved the role of ${member.name}.`)
    })
  }

  #remove(member: Member) {
    return this.#act(async () => {
      await removeMember(this.#where(member), member.id)
      announce(this, `Removed ${member.name}.`)
    })
  }

  #takeBack(invitation: Invitation) {
    return this.#act(async () => {
      await takeBackInvitation(this.#where(invitation), invitation.id)
      if (this.invited?.email === invitation.email) this.invited = null
      announce(this, `Took back the invitation of ${invitation.email}.`)
    })
  }

  #where({ everywhere }: { everywhere: boolean }): string | null {
    return everywhere ? null : this.scope.project
  }

  async #act(act: () => Promise<void>) {
    if (await this.#attempt.run(act)) void this.#members.run()
  }

  override render() {
    return html`<section class="card" aria-labelledby="members-title">
      <header><h2 id="members-title">Members of ${this.scope.project}</h2></header>
      ${this.#members.render({
        pending: () =>
          this.#members.value ? this.#whole(this.#members.value) : html`<list-skeleton .rows=${3}></list-skeleton>`,
        complete: (found) => this.#whole(found),
        error: (error) =>
          isRefused(error)
            ? html`<p class="muted" role="alert">${errorText(error)}</p>`
            : html`<load-failure what="The members" .why=${errorText(error)} @retry=${() => this.#members.run()}></load-failure>`,
      })}
    </section>`
  }

  #whole({ members, invitations }: { members: Member[]; invitations: Invitation[] }) {
    const { waiting, failure } = this.#attempt
    const { project } = this.scope
    return html`<form class="line" @submit=${this.#invite} novalidate>
        <wa-input
          id="email"
          name="email"
          label="E-mail address"
          type="email"
          placeholder="grace@example.com"
          autocomplete="off"
          ${told('failure')}
        ></wa-input>
        <rights-fields
          .rights=${this.rights}
          @rights-changed=${(event: CustomEvent<Rights>) => {
            this.rights = event.detail
          }}
        ></rights-fields>
        <div class="field">
          <label for="where">In</label>
          <select id="where" name="where" class="input">
            <option value="">${project}</option>
            <option value="all">all projects</option>
          </select>
        </div>
        <wa-button type="submit" variant="brand" ?disabled=${waiting}>Invite</wa-button>
      </form>
      <div class="notice red" id="failure" role="alert" ?hidden=${!failure}>${failure}</div>
      ${
        this.invited
          ? html`<secret-notice .secret=${this.invited.link} what="the link">
              <strong>This link is shown once.</strong> Send it to ${this.invited.email}. It works once, for a week.
            </secret-notice>`
          : nothing
      }
      <member-list
        .members=${members}
        .invitations=${invitations}
        .project=${project}
        .now=${this.#clock.now}
        @change-role=${(event: CustomEvent<RoleChange>) => this.#change(event.detail)}
        @remove=${(event: CustomEvent<Member>) => this.#remove(event.detail)}
        @take-back=${(event: CustomEvent<Invitation>) => this.#takeBack(event.detail)}
      ></member-list>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'member-settings': MemberSettings
  }
}
