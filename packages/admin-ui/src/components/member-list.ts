import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { Invitation, Member, Rights } from '../contract.ts'
import { base } from '../styles/base.styles.ts'
import { controls } from '../styles/controls.styles.ts'
import { dialogs } from '../styles/dialog.styles.ts'
import { rows } from '../styles/rows.styles.ts'
import { rightsInWords } from '../words/rights.ts'
import { longTime, shortTime, wholeTime } from '../words/times.ts'
import './rights-fields.ts'

export interface RoleChange {
  member: Member
  rights: Rights
}

/**
 * People with access, and invitations that are still open.
 *
 * @fires change-role - detail: RoleChange
 * @fires remove - detail: the Member
 * @fires take-back - detail: the Invitation
 */
@customElement('member-list')
export class MemberList extends LitElement {
  static override styles = [base, controls, dialogs, rows]

  @query('wa-dialog') private dialog!: WaDialog
  @state() private asked: { member: Member; act: 'change' | 'remove' } | null = null
  @state() private rights: Rights | null = null

  @property({ attribute: false }) members: Member[] = []

  @property({ attribute: false }) invitations: Invitation[] = []

  @property() project = ''

  @property({ type: Number }) now = 0

  async #ask(member: Member, act: 'change' | 'remove') {
    this.asked = { member, act }
    const { role, production, kill } = member
    this.rights = { role, production, kill }
    await this.updateComplete
    this.dialog.open = true
  }

  #answer(event: SubmitEvent) {
    event.preventDefault()
    this.dialog.open = false
    if (!this.asked || !this.rights) return
    const { member, act } = this.asked
    const detail: RoleChange | Member = act === 'change' ? { member, rights: this.rights } : member
    this.dispatchEvent(new CustomEvent(act === 'change' ? 'change-role' : 'remove', { detail }))
  }

  override render() {
    return html`<ul aria-label="Members">
        ${this.members.map((member) => this.#member(member))}
      </ul>
      ${
        this.invitations.length > 0
          ? html`<ul aria-label="Open invitations">
              ${this.invitations.map((invitation) => this.#invitation(invitation))}
            </ul>`
          : nothing
      }
      <wa-dialog without-header label=${this.asked ? this.#title(this.asked.member, this.asked.act) : ''}>
        ${this.asked ? this.#question(this.asked.member, this.asked.act) : nothing}
      </wa-dialog>`
  }

  #member(member: Member) {
    const { name, email, lastSeenAt, group } = member
    return html`<li>
      <span class="what">
        <span><strong>${name}</strong> <span class="muted">${email}</span></span>
        <span class="facts">
          <span>${rightsInWords(member)}${member.everywhere ? ', all projects' : ''}</span>
          ${group === null ? nothing : html`<span>by group <code>${group}</code></span>`}
          <span>${member.secondFactor ? 'second factor' : 'no second factor'}</span>
          <span title=${lastSeenAt ? wholeTime(lastSeenAt) : nothing}
            >${lastSeenAt ? `here ${longTime(lastSeenAt, this.now)}` : 'not signed in'}</span
          >
        </span>
      </span>
      ${
        group === null
          ? html`<span class="row">
              <wa-button
                appearance="outlined"
                size="s"
                @click=${() => this.#ask(member, 'change')}
              ><span aria-hidden="true">Change role</span><span class="spoken">Change role of ${name}</span></wa-button>
              <wa-button
                appearance="outlined"
                size="s"
                @click=${() => this.#ask(member, 'remove')}
              ><span aria-hidden="true">Remove</span><span class="spoken">Remove ${name}</span></wa-button>
            </span>`
          : html`<span class="muted">changes at the identity provider</span>`
      }
    </li>`
  }

  #invitation(invitation: Invitation) {
    const { email, createdBy, expiresAt } = invitation
    return html`<li>
      <span class="what">
        <span>${email} <span class="muted">invited by ${createdBy}</span></span>
        <span class="facts">
          <span>${rightsInWords(invitation)}${invitation.everywhere ? ', all projects' : ''}</span>
          <span title=${wholeTime(expiresAt)}>ends ${shortTime(expiresAt, this.now)}</span>
        </span>
      </span>
      <wa-button
        appearance="outlined"
        size="s"
        @click=${() => this.dispatchEvent(new CustomEvent('take-back', { detail: invitation }))}
      ><span aria-hidden="true">Take back</span><span class="spoken">Take back the invitation of ${email}</span></wa-button>
    </li>`
  }

  #title(member: Member, act: 'change' | 'remove'): string {
    const where = member.everywhere ? 'all projects' : this.project
    return act === 'change' ? `Role of ${member.name} in ${where}` : `Remove ${member.name} from ${where}?`
  }

  #question(member: Member, act: 'change' | 'remove') {
    return html`<form @submit=${this.#answer}>
      <h2>${this.#title(member, act)}</h2>
      ${
        act === 'change'
          ? html`<rights-fields
              .rights=${this.rights ?? member}
              @rights-changed=${(event: CustomEvent<Rights>) => {
                this.rights = event.detail
              }}
            ></rights-fields>`
          : html`<p>
              The role is gone within five seconds. Without another role ${member.name} is signed out everywhere and cannot
              sign in any more. The history keeps the name.
            </p>`
      }
      <div class="row actions">
        <wa-button appearance="outlined" data-dialog="close" autofocus>Leave it</wa-button>
        <wa-button type="submit" variant="brand">${act === 'change' ? 'Save role' : `Remove ${member.name}`}</wa-button>
      </div>
    </form>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'member-list': MemberList
  }
}
