"""How quick the portal's pages are with a thousand to a million organizations: see docs/performance.md."""
