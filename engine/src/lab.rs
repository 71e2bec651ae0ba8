//! The steps of a call from a page to itself: which is next, and which have what they need.
//!
//! The order is JSEP's (RFC 9429, section 3.2). Only a step without something to hand over is kept
//! back; one that comes at the wrong time is refused by the browser, in words to learn from.

/// One end of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that offers.
    A,
    /// The one that answers.
    B,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// `A` or `B`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Makes both connections, in place of those that there are.
    Create,
    /// A makes an offer.
    CreateOffer,
    /// A takes its offer for its own description, and begins to gather.
    SetLocalOffer,
    /// B takes the offer for A's description.
    SetRemoteOffer,
    /// B makes an answer.
    CreateAnswer,
    /// B takes its answer for its own description, and begins to gather.
    SetLocalAnswer,
    /// A takes the answer for B's description.
    SetRemoteAnswer,
    /// B gets A's candidates.
    CandidatesToB,
    /// A gets B's candidates.
    CandidatesToA,
}

impl Step {
    /// All, in their order.
    pub const ALL: [Self; 9] = [
        Self::Create,
        Self::CreateOffer,
        Self::SetLocalOffer,
        Self::SetRemoteOffer,
        Self::CreateAnswer,
        Self::SetLocalAnswer,
        Self::SetRemoteAnswer,
        Self::CandidatesToB,
        Self::CandidatesToA,
    ];

    /// The end that does it; `None` is both.
    #[must_use]
    pub const fn side(self) -> Option<Side> {
        match self {
            Self::Create => None,
            Self::CreateOffer
            | Self::SetLocalOffer
            | Self::SetRemoteAnswer
            | Self::CandidatesToA => Some(Side::A),
            Self::SetRemoteOffer
            | Self::CreateAnswer
            | Self::SetLocalAnswer
            | Self::CandidatesToB => Some(Side::B),
        }
    }

    /// The call, as one writes it.
    #[must_use]
    pub const fn call(self) -> &'static str {
        match self {
            Self::Create => "new RTCPeerConnection()",
            Self::CreateOffer => "createOffer()",
            Self::SetLocalOffer => "setLocalDescription(offer)",
            Self::SetRemoteOffer => "setRemoteDescription(offer)",
            Self::CreateAnswer => "createAnswer()",
            Self::SetLocalAnswer => "setLocalDescription(answer)",
            Self::SetRemoteAnswer => "setRemoteDescription(answer)",
            Self::CandidatesToB | Self::CandidatesToA => "addIceCandidate(…)",
        }
    }

    /// Names it in the page.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::CreateOffer => "offer",
            Self::SetLocalOffer => "local_offer",
            Self::SetRemoteOffer => "remote_offer",
            Self::CreateAnswer => "answer",
            Self::SetLocalAnswer => "local_answer",
            Self::SetRemoteAnswer => "remote_answer",
            Self::CandidatesToB => "to_b",
            Self::CandidatesToA => "to_a",
        }
    }
}

/// How far a description has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Way {
    is_made: bool,
    is_local: bool,
    is_remote: bool,
}

/// How far the call has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    is_created: bool,
    offer: Way,
    answer: Way,
    /// A step is at work: the next one waits for it.
    pub busy: bool,
    /// Candidates of A and of B that were not handed over.
    pub waiting: [u32; 2],
}

impl Progress {
    /// Whether both connections are there.
    #[must_use]
    pub const fn is_created(&self) -> bool {
        self.is_created
    }

    /// Whether the end knows a description of the other one, without which it takes no candidates.
    #[must_use]
    pub const fn has_remote(&self, side: Side) -> bool {
        match side {
            Side::A => self.answer.is_remote,
            Side::B => self.offer.is_remote,
        }
    }

    /// Whether both descriptions are where they belong.
    #[must_use]
    pub const fn is_negotiated(&self) -> bool {
        self.answer.is_local && self.answer.is_remote && self.offer.is_local && self.offer.is_remote
    }

    /// The step was done.
    pub fn done(&mut self, step: Step) {
        match step {
            Step::Create => {
                *self = Self {
                    is_created: true,
                    ..Self::default()
                };
            }
            Step::CreateOffer => {
                // A new round: an answer to the offer before is none to this one.
                self.answer = Way::default();
                self.offer = Way {
                    is_made: true,
                    ..Way::default()
                };
            }
            Step::SetLocalOffer => self.offer.is_local = true,
            Step::SetRemoteOffer => self.offer.is_remote = true,
            Step::CreateAnswer => {
                self.answer = Way {
                    is_made: true,
                    ..Way::default()
                };
            }
            Step::SetLocalAnswer => self.answer.is_local = true,
            Step::SetRemoteAnswer => self.answer.is_remote = true,
            Step::CandidatesToB => self.waiting[Side::A as usize] = 0,
            Step::CandidatesToA => self.waiting[Side::B as usize] = 0,
        }
    }

    /// A new round is wanted, from an offer on; both connections stay.
    pub fn renew(&mut self) {
        (self.offer, self.answer) = (Way::default(), Way::default());
    }

    /// Whether the step was done in this round.
    #[must_use]
    pub const fn is_done(&self, step: Step) -> bool {
        match step {
            Step::Create => self.is_created,
            Step::CreateOffer => self.offer.is_made,
            Step::SetLocalOffer => self.offer.is_local,
            Step::SetRemoteOffer => self.offer.is_remote,
            Step::CreateAnswer => self.answer.is_made,
            Step::SetLocalAnswer => self.answer.is_local,
            Step::SetRemoteAnswer => self.answer.is_remote,
            Step::CandidatesToB | Step::CandidatesToA => false,
        }
    }

    /// Whether the step has what it needs. Beginning anew is always possible.
    #[must_use]
    pub const fn can(&self, step: Step) -> bool {
        let free = self.is_created && !self.busy;
        match step {
            Step::Create => true,
            Step::CreateOffer | Step::CreateAnswer => free,
            Step::SetLocalOffer | Step::SetRemoteOffer => free && self.offer.is_made,
            Step::SetLocalAnswer | Step::SetRemoteAnswer => free && self.answer.is_made,
            Step::CandidatesToB => free && self.waiting[Side::A as usize] > 0,
            Step::CandidatesToA => free && self.waiting[Side::B as usize] > 0,
        }
    }

    /// The step that leads on; `None` where there is none now.
    #[must_use]
    pub fn next(&self) -> Option<Step> {
        let missing = |step: &Step| match step {
            Step::CandidatesToB | Step::CandidatesToA => self.can(*step),
            step => !self.is_done(*step),
        };
        let next = Step::ALL.into_iter().find(missing)?;
        self.can(next).then_some(next)
    }
}
