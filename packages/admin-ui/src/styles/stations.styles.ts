import { css } from 'lit'

/** Stations on a line: what is done, where it is, what may come. For anything of the class `station`. */
export const stations = css`
  .line rect {
    transition: width var(--quick);
  }
  .reached {
    fill: var(--accent);
  }
  .planned {
    fill: var(--accent);
    opacity: 0.35;
  }
  .killed .reached {
    fill: var(--ink-2);
  }
  .station {
    color: var(--ink-2);
    font: 500 var(--size-14) var(--font-text);
  }
  .station::before {
    width: 20px;
    height: 20px;
    border: 3px solid var(--line);
    border-radius: 50%;
    background: var(--surface);
    content: '';
  }
  .done {
    color: var(--ink);
  }
  .done::before {
    border-color: var(--accent);
    background: var(--accent);
  }
  .here {
    color: var(--ink);
    font-weight: 650;
  }
  .here::before {
    border-color: var(--accent);
    background: radial-gradient(circle, var(--accent) 0 4px, var(--surface) 4.5px);
  }
  .wanted {
    color: var(--accent);
    font-weight: 650;
  }
  .wanted::before {
    border: 3px dashed var(--accent);
    background: var(--accent-soft);
  }
  .killed .done::before,
  .killed .here::before {
    border-color: var(--ink-2);
    background: var(--surface);
  }
`
