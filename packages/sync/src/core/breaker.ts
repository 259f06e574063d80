/** healthy: requests get through; degraded: the last one did not; failed: so many did not that only probes are sent for a while. */
export type Health = 'healthy' | 'degraded' | 'failed'
