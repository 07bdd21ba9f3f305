# The service and its console in one image: no shell script between, not root, nothing written outside of /data.
FROM node:24-bookworm-slim AS build
WORKDIR /app
RUN npm install --global --ignore-scripts pnpm@12.21.0
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/evaluation/package.json packages/evaluation/
COPY packages/server/package.json packages/server/
COPY packages/admin-ui/package.json packages/admin-ui/
RUN pnpm install --frozen-lockfile --filter @rampart/admin-ui...
COPY tsconfig.base.json tsconfig.json ./
COPY packages/evaluation packages/evaluation
COPY packages/server packages/server
COPY packages/admin-ui packages/admin-ui
RUN node packages/admin-ui/node_modules/vite/bin/vite.js build packages/admin-ui && mkdir /data

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
RUN npm install --global --ignore-scripts pnpm@12.21.0
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/evaluation/package.json packages/evaluation/
COPY packages/server/package.json packages/server/
RUN pnpm install --frozen-lockfile --prod --filter @rampart/server...

# Node and nothing else: no shell, no package manager.
FROM gcr.io/distroless/nodejs24-debian12:nonroot
WORKDIR /app
COPY --from=dependencies /app /app
COPY packages/evaluation packages/evaluation
COPY packages/server packages/server
COPY migrations migrations
COPY --from=build /app/packages/admin-ui/dist packages/admin-ui/dist
# A volume takes its owner from here.
COPY --from=build --chown=nonroot:nonroot /data /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4400 RAMPART_DATA_DIR=/data
VOLUME /data
EXPOSE 4400
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=2s --start-period=30s CMD ["/nodejs/bin/node", "-e", "fetch('http://127.0.0.1:4400/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["packages/server/src/main.ts"]
