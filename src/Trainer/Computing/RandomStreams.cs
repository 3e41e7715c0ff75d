namespace LeNetServe.Trainer.Computing;

/// <summary>
/// Independent streams of random numbers, each a function of (seed, stream, index). A checkpoint keeps no generator's state: epoch and step
/// are enough.
/// </summary>
internal static class RandomStreams
{
    public const int Split = 100;
    public const int Initialization = 101;
    public const int Order = 102;
    public const int Augmentation = 103;
    public const int Flip = 104;
    public const int Dropout = 105;
    public const int Strangers = 106;
}
