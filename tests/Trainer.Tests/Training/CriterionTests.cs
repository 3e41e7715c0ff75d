using LeNetServe.Specs;
using LeNetServe.Trainer.Training;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Tests.Training;

public sealed class CriterionTests
{
    [Fact]
    public void Sum_OfAnRbfNetwork_IsThePapersMapCriterion()
    {
        using var scope = NewDisposeScope();
        double[,] distances = { { 0.5, 3, 7 }, { 2, 1, 4 } };
        int[] targets = [0, 2];
        const double Rubbish = 2;
        var expected = 0.0;
        for (var row = 0; row < 2; row++)
        {
            var all = Math.Exp(-Rubbish);
            for (var column = 0; column < 3; column++)
                all += Math.Exp(-distances[row, column]);
            expected += distances[row, targets[row]] + Math.Log(all);
        }

        var loss = Criterion.Sum(-tensor(distances, ScalarType.Float32), tensor(new long[] { 0, 2 }), Variants.Create("lenet5-1998", 1, 3),
            new() { Rubbish = Rubbish });

        Assert.Equal(expected, loss.item<float>(), 5);
    }

    [Fact]
    public void Distillation_OfTheTeachersOwnLogits_IsSquaredTemperatureTimesTheEntropy()
    {
        using var scope = NewDisposeScope();
        const double Temperature = 2;
        var logits = tensor(new float[,] { { 1, 2, 5 }, { -1, 0, 0.5f } });
        var targets = logits.div(Temperature).softmax(1);
        var entropy = -(targets * targets.log()).sum().item<float>();

        var same = Criterion.Distillation(logits, targets, Temperature).item<float>();
        var other = Criterion.Distillation(logits.flip(1), targets, Temperature).item<float>();

        Assert.Equal(Temperature * Temperature * entropy, same, 4);
        Assert.True(other > same, $"{other} is not above {same}");
    }

    [Fact]
    public void Sum_WithLabelSmoothing_SpreadsThatShareOfTheTargetOverAllClasses()
    {
        using var scope = NewDisposeScope();
        const double Share = 0.3;
        var logits = tensor(new float[,] { { 1, 2, 5 }, { -1, 0, 0.5f } });
        var log = logits.log_softmax(1);
        var expected = -(1 - Share) * (log[0, 2] + log[1, 0]).item<float>() - Share * log.mean([1]).sum().item<float>();

        var loss = Criterion.Sum(logits, tensor(new long[] { 2, 0 }), Variants.Create("lenet5", 1, 3), new() { LabelSmoothing = Share });

        Assert.Equal(expected, loss.item<float>(), 4);
    }
}
