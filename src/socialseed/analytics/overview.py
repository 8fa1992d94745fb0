"""The first page's figures in one statement. Days are those of the account furthest ahead."""

from sqlalchemy import text

from socialseed.analytics.sql import DAYS, utc
from socialseed.runtime.tx import Tx

# Followers of a day are the last measured ones at or before it, so a day without a measurement
# repeats the day before. Sums run over differences: one pass, whatever the number of accounts.
_OVERVIEW = text(
    f"""
WITH acc AS (
    SELECT a.*, CAST(CAST(:now AS timestamptz) AT TIME ZONE a.timezone AS date) AS today
    FROM social_accounts a WHERE a.workspace_id = :workspace
), ref AS (
    SELECT coalesce((SELECT timezone FROM acc ORDER BY today DESC, id LIMIT 1), 'UTC') AS zone,
           coalesce((SELECT max(today) FROM acc),
                    CAST(CAST(:now AS timestamptz) AT TIME ZONE 'UTC' AS date)) AS today
), days AS (
    SELECT ref.today - n AS on_day, n < {DAYS} AS present
    FROM ref, generate_series(0, 2 * {DAYS} - 1) n
), stats AS (
    SELECT p.account_id, p.measured_on, p.followers, p.engagements FROM ref, acc
    JOIN performance_stats p ON p.account_id = acc.id
    WHERE p.measured_on > ref.today - 2 * {DAYS} AND p.measured_on <= ref.today
), base AS (
    SELECT acc.id, acc.followers, (
        SELECT p.followers FROM performance_stats p
        WHERE p.account_id = acc.id AND p.measured_on <= ref.today - {DAYS}
        ORDER BY p.measured_on DESC LIMIT 1) AS earlier
    FROM acc, ref
), observed AS (
    SELECT account_id, measured_on, followers FROM stats, ref WHERE measured_on > ref.today - {DAYS}
    UNION ALL SELECT base.id, ref.today - {DAYS}, earlier FROM base, ref WHERE earlier IS NOT NULL
), steps AS (
    SELECT measured_on, followers - coalesce(
        lag(followers) OVER (PARTITION BY account_id ORDER BY measured_on), 0) AS step FROM observed
), step_days AS (
    SELECT measured_on, sum(step) AS step FROM steps GROUP BY measured_on
), follower_days AS (
    SELECT d.on_day, sum(s.step) AS value FROM days d JOIN step_days s ON s.measured_on <= d.on_day
    WHERE d.present GROUP BY d.on_day
), engagement_days AS (
    SELECT d.on_day, d.present, coalesce(sum(s.engagements), 0) AS value
    FROM days d LEFT JOIN stats s ON s.measured_on = d.on_day GROUP BY d.on_day, d.present
), engaged AS (
    SELECT coalesce(sum(value) FILTER (WHERE present), 0) AS present,
           coalesce(sum(value) FILTER (WHERE NOT present), 0) AS previous FROM engagement_days
), approved AS (
    SELECT d.on_day, x.every, x.plain FROM ref, days d CROSS JOIN LATERAL (
        SELECT count(*) AS every, count(*) FILTER (WHERE NOT was_edited) AS plain FROM actions
        WHERE workspace_id = :workspace AND approved_by IS NOT NULL
            AND approved_at >= CAST(d.on_day AS timestamp) AT TIME ZONE ref.zone
            AND approved_at < CAST(d.on_day + 1 AS timestamp) AT TIME ZONE ref.zone) x
    WHERE x.every > 0
), shares AS (
    SELECT sum(plain) FILTER (WHERE on_day > today - {DAYS})
             / nullif(sum(every) FILTER (WHERE on_day > today - {DAYS}), 0) AS present,
           sum(plain) FILTER (WHERE on_day <= today - {DAYS})
             / nullif(sum(every) FILTER (WHERE on_day <= today - {DAYS}), 0) AS previous
    FROM approved, ref
), used AS (
    SELECT coalesce(sum(c.used), 0) AS used,
           coalesce(sum(coalesce(c.ceiling, acc.daily_action_limit)), 0) AS ceiling
    FROM acc LEFT JOIN counters c ON c.account_id = acc.id AND c.kind = 'all' AND c.span = 'day'
        AND c.window_key = to_char(acc.today, 'YYYY-MM-DD')
    WHERE acc.is_active
), waiting AS (
    SELECT count(*) FILTER (WHERE light = 'green') AS green,
           count(*) FILTER (WHERE light = 'yellow') AS yellow,
           count(*) FILTER (WHERE light = 'red') AS red, min(created_at) AS oldest_at
    FROM actions WHERE workspace_id = :workspace AND status = 'awaiting_approval'
)
SELECT CAST(json_build_object(
    'days', {DAYS},
    'followers', json_build_object(
        'value', (SELECT sum(followers) FROM base),
        'change', (SELECT round(CAST(sum(followers - earlier) AS numeric)
                   / nullif(sum(earlier), 0), 4) FROM base
                   WHERE earlier IS NOT NULL AND followers IS NOT NULL),
        'series', (SELECT coalesce(json_agg(json_build_object('on', on_day, 'value', value)
                   ORDER BY on_day), '[]') FROM follower_days)),
    'engagements', json_build_object(
        'value', engaged.present,
        'change', round((engaged.present - engaged.previous) / nullif(engaged.previous, 0), 4),
        'series', (SELECT json_agg(json_build_object('on', on_day, 'value', value)
                   ORDER BY on_day) FROM engagement_days WHERE present),
        'previous', (SELECT json_agg(json_build_object('on', on_day, 'value', value)
                     ORDER BY on_day) FROM engagement_days WHERE NOT present)),
    'actions_today', json_build_object('used', used.used, 'limit', used.ceiling),
    'approved_without_edits', json_build_object(
        'share', round(shares.present, 4), 'change', round(shares.present - shares.previous, 4),
        'series', (SELECT coalesce(json_agg(json_build_object('on', on_day,
                   'value', round(CAST(plain AS numeric) / every, 4)) ORDER BY on_day), '[]')
                   FROM approved, ref WHERE on_day > ref.today - {DAYS})),
    'fleet_health', (SELECT json_build_object(
        'score', CAST(round(avg(health_score) FILTER (WHERE is_active)) AS int),
        'need_attention', count(*) FILTER (WHERE light <> 'green' OR needs_reconnect
                                           OR connected_at IS NULL)) FROM acc),
    'waiting', json_build_object('green', waiting.green, 'yellow', waiting.yellow,
        'red', waiting.red, 'oldest_at', {utc("waiting.oldest_at")})) AS text)
FROM engaged, shares, used, waiting"""
)


async def overview(tx: Tx, days: int) -> bytes:
    """The figures of the last `days` local days, beside the same number of days before, as JSON."""
    given = {"workspace": tx.tenant, "now": tx.now, "days": days}
    found = await tx.session.scalar(_OVERVIEW, given)
    return str(found).encode()
