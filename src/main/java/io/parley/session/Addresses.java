package io.parley.session;

import io.parley.cluster.ReplyTo;
import io.parley.conversation.PageReply;
import io.parley.conversation.PostReply;
import io.parley.conversation.SummaryReply;
import io.parley.user.Delivery;

/// Where a session hears from others.
record Addresses(
        ReplyTo<Delivery> deliveries,
        ReplyTo<PostReply> posts,
        ReplyTo<PageReply> pages,
        ReplyTo<SummaryReply> summaries) {}
