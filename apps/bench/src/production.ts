/** To be imported before Redux, which otherwise checks the shape of the state after each action: no shipped app pays for that. */
process.env['NODE_ENV'] = 'production'
