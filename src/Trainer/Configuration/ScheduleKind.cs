using System.Text.Json.Serialization;

namespace LeNetServe.Trainer.Configuration;

/// <summary>The course of the learning rate during a run.</summary>
internal enum ScheduleKind
{
    [JsonStringEnumMemberName("constant")]
    Constant,

    [JsonStringEnumMemberName("step")]
    Step,

    [JsonStringEnumMemberName("cosine")]
    Cosine,

    [JsonStringEnumMemberName("one-cycle")]
    OneCycle,

    [JsonStringEnumMemberName("lecun-1998")]
    LeCun1998,
}
