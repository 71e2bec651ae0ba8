//! From the browser's words to the engine's: the two layers don't know each other.

use callreel_browser::{
    DomError,
    devices::{self, Permission},
    media, page,
};
use callreel_engine::{
    comparison::{Evidence, Span, TrackCapabilities, TrackSettings},
    constraints::{Facing, Property},
    devices::{Device, DeviceKind, numbered},
    failures::{Asked, Context, MediaFailure, PermissionState, Refusal, classify},
};

/// The devices with the numbers that stand in for missing names.
pub fn device_list(listed: Vec<devices::Device>) -> Vec<Device> {
    let kind = |kind| match kind {
        devices::Kind::Camera => DeviceKind::Camera,
        devices::Kind::Microphone => DeviceKind::Microphone,
        devices::Kind::Speaker => DeviceKind::Speaker,
    };
    numbered(
        listed
            .into_iter()
            .map(|device| Device {
                id: device.id,
                group_id: device.group_id,
                kind: kind(device.kind),
                label: device.label,
                ordinal: 0,
            })
            .collect(),
    )
}

/// What a track's settings say.
pub fn settings(found: media::TrackSettings) -> TrackSettings {
    TrackSettings {
        device_id: found.device_id,
        group_id: found.group_id,
        width: found.width,
        height: found.height,
        frame_rate: found.frame_rate,
        aspect_ratio: found.aspect_ratio,
        facing_mode: found.facing_mode.as_deref().and_then(Facing::from_name),
        sample_rate: found.sample_rate,
        channel_count: found.channel_count,
        echo_cancellation: found.echo_cancellation,
        noise_suppression: found.noise_suppression,
        auto_gain_control: found.auto_gain_control,
        display_surface: found.display_surface,
    }
}

/// What a track's settings show by themselves of what was asked.
pub fn evidence(found: media::TrackSettings) -> Evidence {
    Evidence {
        granted: settings(found),
        supported: supported(),
        ..Evidence::default()
    }
}

/// What a track's capabilities say.
pub fn capabilities(found: media::TrackCapabilities) -> TrackCapabilities {
    let span = |(min, max)| Span { min, max };
    let whole = |(min, max): (f64, f64)| Span {
        min: min as u32,
        max: max as u32,
    };
    let some = |list: Vec<bool>| (!list.is_empty()).then_some(list);
    let facing: Vec<Facing> = found
        .facing_mode
        .iter()
        .filter_map(|name| Facing::from_name(name))
        .collect();
    TrackCapabilities {
        width: found.width.map(whole),
        height: found.height.map(whole),
        frame_rate: found.frame_rate.map(span),
        aspect_ratio: found.aspect_ratio.map(span),
        facing_mode: (!facing.is_empty()).then_some(facing),
        sample_rate: found.sample_rate.map(whole),
        channel_count: found.channel_count.map(whole),
        echo_cancellation: some(found.echo_cancellation),
        noise_suppression: some(found.noise_suppression),
        auto_gain_control: some(found.auto_gain_control),
    }
}

/// The constraints that the browser knows.
pub fn supported() -> Vec<Property> {
    devices::supported_constraints()
        .iter()
        .filter_map(|name| Property::from_name(name))
        .collect()
}

/// Why the browser refused, as far as it can be found out.
pub async fn failure(error: DomError, asked: Asked) -> MediaFailure {
    let feature = match asked {
        Asked::Camera => "camera",
        Asked::Microphone => "microphone",
        Asked::Screen => "display-capture",
    };
    let permission = match asked {
        Asked::Screen => None,
        Asked::Camera | Asked::Microphone => devices::permission(feature).await,
    };
    let context = Context {
        asked,
        secure: page::is_secure(),
        has_interface: match asked {
            Asked::Screen => devices::can_share_screen(),
            Asked::Camera | Asked::Microphone => devices::available(),
        },
        // Firefox doesn't tell. In a frame of another origin it never asks the person where the
        // frame doesn't pass the permission on, and calls that denied.
        policy_allows: devices::policy_allows(feature).or_else(|| {
            (page::is_framed_by_other() && permission == Some(Permission::Denied)).then_some(false)
        }),
        permission: permission.map(|state| match state {
            Permission::Granted => PermissionState::Granted,
            Permission::Denied => PermissionState::Denied,
            Permission::Prompt => PermissionState::Prompt,
        }),
    };
    let refusal = Refusal {
        name: error.name.clone(),
        message: error.message.clone(),
        constraint: error.constraint.clone(),
    };
    classify(&refusal, &context)
}
