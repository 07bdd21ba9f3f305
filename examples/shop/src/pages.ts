const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
  label { display: block; margin: 0.5rem 0; }
  nav { color: #666; margin-bottom: 1rem; }
</style>
<h1>${title}</h1>
${body}
</html>`

export const productPage = () =>
  page('The lantern shop', '<p>One storm lantern, brass. 48.00</p><p><a href="/checkout">Check out</a></p>')

/** What everybody had until today: three steps. */
export const oldCheckoutPage = () =>
  page(
    'Checkout, step 1 of 3: address',
    '<nav>Address, then delivery, then payment</nav><form><label>Street <input name="street"></label><button>Next</button></form>',
  )

/** What the flag hides: everything on one page. */
export const newCheckoutPage = () =>
  page(
    'Checkout on one page',
    '<form><label>Street <input name="street"></label><label>Delivery <select><option>Post</option><option>Courier</option></select></label><label>Card <input name="card"></label><button>Buy</button></form>',
  )
